// What the log and the views promise whatever is commanded, over random courses through the whole engine:
// decisions, batches, caches, log, views. The rules themselves are compared with a model in tests/domain.
//
//   CERTLEDGER_PROPERTY_COMMANDS=1000000 test_engine_property     the long run
#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/domain/state.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/projections/views.hpp>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "support.hpp"
#include "support/command_gen.hpp"
#include "support/convert.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

using events::EventType;
using events::Status;

constexpr std::size_t kLongest = 120;

/// Certificates and requests from outside are made up in courses; here they would have to be real.
bool needs_real_files(const model::Request& r) { return r.pem || r.csr || r.private_key; }

engine::Request request_of(const model::Request& asked, std::size_t number, const policies::Zones& zones) {
    model::Request one = asked;
    // Making an RSA key takes as long as a whole course.
    if (one.key && one.key->starts_with("rsa-") && *one.key != "rsa-1024") one.key = "ec-p256";
    const Asked converted = convert(one, zones);
    engine::Request made;
    made.id = "c" + std::to_string(number);
    made.account = converted.header.account;
    made.actor = "ada";
    made.occurred_at = converted.header.at;
    made.command = converted.command;
    return made;
}

/// What the list says, in a form to compare: status and flags of each certificate of an account.
std::map<std::string, std::string> listed(const projections::Moment& moment, const std::string& account) {
    std::map<std::string, std::string> rows;
    const auto page = must(moment.list({account}, {}));
    for (const auto& item : page.items) {
        std::string text(events::to_name(item.status));
        for (const auto flag : item.flags) text += " " + std::string(events::to_name(flag));
        for (const auto& target : item.targets) text += " @" + target;
        if (item.successor) text += " >" + item.successor->value;
        rows[item.certificate.value] = text;
    }
    return rows;
}

std::map<std::string, std::string> listed(const projections::Moment& moment) {
    auto rows = listed(moment, "default");
    rows.merge(listed(moment, "acme"));
    return rows;
}

/// The log read again from its first record.
struct Reading {
    std::map<std::string, domain::CertificateState> certificates;
    std::map<std::string, std::optional<Status>> by_machine;
    std::map<std::string, domain::QuotaState> quotas;
    std::string fault;

    explicit Reading(const store::EventStore& log) {
        const auto read = log.read_all(1, log.head().position, [&](const auto& record, auto) {
            take(record);
            return fault.empty();
        });
        must(read);
        if (fault.empty() && position_ != log.head().position) fault = "the log ends before its head";
    }

  private:
    void take(const events::RecordView& record) {
        const std::string stream(record.stream);
        if (record.position != ++position_)
            fault = "a gap before position " + std::to_string(record.position);
        if (record.version != ++versions_[stream]) fault = "a gap in " + stream;
        if (record.recorded_at < recorded_at_) fault = "recorded_at falls at " + std::to_string(position_);
        recorded_at_ = record.recorded_at;
        if (closed_.contains(stream)) fault = "an event follows the deletion of " + stream;
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        if (!event) {
            fault = event.error().message;
            return;
        }
        const std::string id(events::id_part(record.stream));
        const events::AccountId account{std::string(record.account)};
        switch (events::stream_kind(record.stream).value()) {
            case events::StreamKind::certificate: {
                auto& status = by_machine[id];
                status = lifecycle::next(status, record.type);
                if (!status) fault = "the machine forbids record " + std::to_string(position_);
                domain::evolve(certificates[id], *event, record.occurred_at, account);
                if (record.type == EventType::certificate_deleted) closed_.insert(stream);
                break;
            }
            case events::StreamKind::quota:
                domain::evolve(quotas[id], *event, record.occurred_at, account);
                if (quotas[id].free_units() < 0 || quotas[id].broken)
                    fault = "a quota is out of balance: " + id;
                break;
            case events::StreamKind::rejection:
                if (record.type != EventType::command_refused)
                    fault = "something else than a refusal on " + stream;
                break;
            default:
                break;
        }
    }

    std::map<std::string, std::uint64_t> versions_;
    std::set<std::string> closed_;
    store::Position position_ = 0;
    events::Instant recorded_at_ = events::kEarliest;
};

/// One course through an engine; every promise is asked for on the way and at the end.
class Course {
  public:
    std::string run(const std::vector<model::Request>& course) {
        for (std::size_t i = 0; i < course.size() && fault_.empty(); ++i) {
            if (needs_real_files(course[i])) continue;
            give(request_of(course[i], i, ledger_.zones()));
            // Batches of one to seven, so that decisions stand on what is committed and on what is not yet.
            if (sent_.size() % 7 == i % 5) flush();
            if (i % 11 == 10) look();
        }
        flush();
        look();
        if (fault_.empty()) again();
        if (fault_.empty()) at_the_end();
        return fault_;
    }

  private:
    void give(engine::Request request) {
        sent_.push_back(request);
        must(ledger_.submit(std::move(request)));
    }

    void flush() {
        const auto before = shared_.log().head().position;
        auto written = before;
        for (auto& answer : must(ledger_.flush())) {
            if (answer.ok && !answer.replayed) {
                for (const auto& event : answer.events) {
                    if (event.position != ++written) fault_ = "an event is not where the answer says";
                }
            } else if (!answer.ok && answer.position) {
                if (*answer.position != ++written) fault_ = "a refusal is not where the answer says";
            }
            answers_.push_back(std::move(answer));
        }
        if (written != shared_.log().head().position) fault_ = "the log holds what no answer speaks of";
    }

    /// Keeps what the list says now, to be asked for again as of now.
    void look() {
        flush();
        auto* views = must(ledger_.views());
        const auto moment = must(views->moment({ledger_.query_now(), std::nullopt, std::nullopt}));
        seen_.emplace_back(moment.position(), listed(moment));
    }

    /// Everything that was accepted is given once more: nothing happens.
    void again() {
        const auto before = shared_.log().head();
        for (std::size_t i = 0; i < sent_.size(); ++i) {
            if (!answers_[i].ok) continue;
            const auto answer = must(ledger_.execute(sent_[i]));
            if (!answer.ok || !answer.replayed || answer.position != answers_[i].position ||
                answer.status != answers_[i].status || answer.events.size() != answers_[i].events.size()) {
                fault_ = "the command " + sent_[i].id + " given again is not answered as before";
            }
        }
        if (shared_.log().head().position != before.position) fault_ = "a command given again was written";
    }

    void at_the_end() {
        const Reading reading(shared_.log());
        if (!reading.fault.empty()) {
            fault_ = reading.fault;
            return;
        }
        const auto now = seen_.back().second;
        std::size_t live = 0;
        for (const auto& [id, state] : reading.certificates) {
            if (state.status != reading.by_machine.at(id)) fault_ = "fold and machine disagree about " + id;
            if (state.broken) fault_ = "the fold of " + id + " is broken";
            if (state.deleted()) continue;
            ++live;
            const auto row = now.find(id);
            if (row == now.end() || !row->second.starts_with(events::to_name(*state.status))) {
                fault_ = "the list does not say the status of " + id;
            }
        }
        if (live != now.size()) fault_ = "the list shows what is not there";
        as_of_every_look();
    }

    /// As of a position the list is what it was there: from the rows as they are, and from no rows at all.
    void as_of_every_look() {
        engine::Ledger fresh = shared_.open();
        for (auto* views : {must(ledger_.views()), must(fresh.views())}) {
            for (const auto& [position, rows] : seen_) {
                const auto moment = must(views->moment({ledger_.query_now(), position, std::nullopt}));
                if (listed(moment) != rows)
                    fault_ = "the list as of " + std::to_string(position) + " is another";
            }
            if (!must(views->verify()).equal()) fault_ = "the views are not the fold of the log";
        }
    }

    SharedLedger shared_;
    engine::Ledger ledger_ = shared_.open();
    std::vector<engine::Request> sent_;
    std::vector<engine::Answer> answers_;
    std::vector<std::pair<store::Position, std::map<std::string, std::string>>> seen_;
    std::string fault_;
};

}  // namespace

TEST_CASE("whatever is commanded, log, folds, machine and views agree, and nothing happens twice") {
    auto params = rc::detail::configuration().testParams;
    const char* const wanted = std::getenv("CERTLEDGER_PROPERTY_COMMANDS");
    const std::size_t commands_wanted = wanted == nullptr ? 3'000 : std::strtoull(wanted, nullptr, 10);
    params.maxSuccess = static_cast<int>(commands_wanted / (kLongest / 2)) + 1;
    std::size_t commands = 0;
    const auto result = rc::detail::checkTestable(
        [&commands] {
            const auto course = *courses(kLongest);
            commands += course.size();
            const std::string fault = Course().run(course);
            if (!fault.empty()) RC_FAIL(fault);
        },
        rc::detail::TestMetadata{}, params);
    std::ostringstream message;
    rc::detail::printResultMessage(result, message);
    INFO(message.str());
    CHECK(result.is<rc::detail::SuccessResult>());
    CHECK(commands >= commands_wanted / 2);
}
