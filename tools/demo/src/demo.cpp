#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/tools/demo/demo.hpp>
#include <certledger/tools/evidence/keeper.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "calendar.hpp"

namespace certledger::demo {
namespace {

namespace fs = std::filesystem;

Result<void> write_file(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return fail(ErrorKind::outside, path.string() + ": cannot be written");
    return {};
}

/// A part of the demo that does one thing for each of many, with progress.
class Act {
  public:
    Act(const Options& options, std::string label, std::uint64_t total)
        : options_(&options), label_(std::move(label)), total_(total) {
        tell();
    }
    void step() {
        ++done_;
        tell();
    }

  private:
    void tell() const {
        if (options_->progress) options_->progress(label_, done_, total_);
    }
    const Options* options_;
    std::string label_;
    std::uint64_t done_ = 0;
    std::uint64_t total_;
};

using Part = std::function<Result<void>(Stage&, const Order&)>;

Result<void> play(const Options& options, Stage& stage, const std::vector<Order>& orders,
                  const std::string& label, const Part& part) {
    Act act(options, label, orders.size());
    for (const auto& order : orders) {
        if (auto done = part(stage, order); !done) {
            return fail(done.error().kind, label + ", " + order.name + ": " + done.error().message);
        }
        act.step();
    }
    return {};
}

/// Takes the certificates of the files in; what does not parse, or is there already, is left out with a
/// reason.
Result<void> upload(const Options& options, Stage& stage) {
    Act act(options, "taking certificates in", options.certificates.size());
    for (const auto& path : options.certificates) {
        std::ifstream file(path, std::ios::binary);
        const std::string octets((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        const auto bundle = adapters::openssl::read_bundle(
            {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
        act.step();
        if (!file || !bundle) {
            stage.report().left_out.push_back(path + ": " +
                                              (file ? bundle.error().message : "cannot be read"));
            continue;
        }
        for (const auto& certificate : bundle->certificates) {
            stage.pass(1);
            engine::Request request;
            request.actor = "demo";
            request.occurred_at = stage.now();
            request.command =
                domain::UploadCertificate{{}, adapters::openssl::certificate_pem(certificate.der), {}};
            const auto answer = stage.ledger().execute(std::move(request));
            if (!answer) return tl::make_unexpected(answer.error());
            if (answer->ok) {
                ++stage.report().uploaded;
            } else {
                stage.report().left_out.push_back(path + ": " + answer->refusal->message);
            }
        }
    }
    return {};
}

/// The revocation list of the stage's time, for so many days.
Result<std::string> list_for(Stage& stage, std::int64_t days) {
    auto flow = stage.workflow();
    const auto authority = flow.authority();
    if (!authority) return tl::make_unexpected(authority.error());
    return workflow::revocation_list(stage.ledger(), **authority, stage.now(), days);
}

/// The newest list stands first.
Result<void> write_authority(const Options& options, Stage& stage, const std::string& lists) {
    auto flow = stage.workflow();
    const auto authority = flow.authority();
    if (!authority) return tl::make_unexpected(authority.error());
    const fs::path folder = fs::path(options.folder) / "ca";
    const auto& ca = (*authority)->ca();
    if (auto ok = write_file(folder / "root.pem", std::string(ca.root_pem())); !ok) return ok;
    if (auto ok = write_file(folder / "intermediate.pem", std::string(ca.intermediate_pem())); !ok) return ok;
    return write_file(folder / "crl.pem", lists);
}

/// Days of the demo's year. The certificates of April 2026 are valid for 200 days, until mid October.
Instant day(int number) {
    return events::instant_from_string("2026-04-01T08:00:00Z")->plus_seconds(number * events::kSecondsPerDay);
}

Result<void> play_all(const Options& options, Stage& stage, const std::vector<Order>& orders) {
    const std::string targets =
        fs::absolute(fs::path(options.folder) / "targets").lexically_normal().string();
    const auto act = [&](int on_day, const std::string& label, const Part& part) -> Result<void> {
        stage.set_time(day(on_day));
        if (auto ticked = stage.tick(); !ticked) return ticked;
        return play(options, stage, orders, label, part);
    };
    if (auto ok = buy_quotas(stage, orders); !ok) return ok;
    // Each list reaches into the time of the next, so that there is one at any moment.
    const auto first = list_for(stage, 13);
    if (!first) return tl::make_unexpected(first.error());
    if (auto ok = play(options, stage, orders, "ordering and applying", order_and_apply); !ok) return ok;
    if (auto ok = act(2, "validating and issuing", validate_and_issue); !ok) return ok;
    if (auto ok = act(3, "deploying", [&](Stage& s, const Order& o) { return deploy(s, o, targets); }); !ok)
        return ok;
    if (auto ok = upload(options, stage); !ok) return ok;
    if (auto ok = act(12, "revoking inside the refund window", revoke_early); !ok) return ok;
    const auto second = list_for(stage, 37);
    if (!second) return tl::make_unexpected(second.error());
    if (auto ok = act(48, "revoking after it", revoke_late); !ok) return ok;
    // The list of that day: revoked certificates leave it once they have expired.
    const auto third = list_for(stage, 365);
    if (!third) return tl::make_unexpected(third.error());
    if (auto ok = write_authority(options, stage, *third + *second + *first); !ok) return ok;
    if (auto ok = act(185, "renewing", renew); !ok) return ok;
    if (auto ok = act(215, "cleaning up", clean_up); !ok) return ok;
    return {};
}

}  // namespace

Result<Report> run(const Options& options) {
    const fs::path folder(options.folder);
    const std::string path = (folder / "ledger").string();
    if (engine::Ledger::exists(path)) {
        return fail(ErrorKind::invalid_input,
                    path + ": there is a ledger already; the demo makes its own, in a new folder");
    }
    std::error_code error;
    for (const char* part : {"ca", "targets"}) {
        fs::create_directories(folder / part, error);
        if (error) return fail(ErrorKind::outside, (folder / part).string() + ": " + error.message());
    }
    engine::LedgerOptions how;
    how.simulated_time = true;
    how.origin = "certledger.demo";
    how.now = day(0);
    if (auto made = engine::Ledger::create(path, how); !made) return tl::make_unexpected(made.error());
    // Opened anew without `now`: from here on every command brings its own time.
    auto ledger = engine::Ledger::open(path, {});
    if (!ledger) return tl::make_unexpected(ledger.error());
    ledger->keep_with(evidence::make_keeper(*ledger));
    Report report;
    const auto orders = make_orders(options.names, report);
    Stage stage(*ledger, report);
    if (auto played = play_all(options, stage, orders); !played) return tl::make_unexpected(played.error());
    if (!orders.empty()) report.example = orders[orders.size() > 3 ? 3 : 0].id.value;
    if (auto closed = ledger->close(); !closed) return tl::make_unexpected(closed.error());
    return report;
}

}  // namespace certledger::demo
