// What a short-lived process costs from its start to its end.
#include <certledger/projections/views.hpp>
#include <certledger/tools/engine/ledger.hpp>

#include "benches/benches.hpp"
#include "measure/process.hpp"
#include "measure/sheet.hpp"

namespace certledger::bench {
namespace {

constexpr std::size_t kRunsARound = 7;

struct Run {
    const char* name;
    const char* label;
    bool limit;
    std::vector<std::string> arguments;
};

/// Some certificate that the ledger lists.
events::CertificateId any_certificate(const std::filesystem::path& folder, events::AccountId& account) {
    auto ledger = sure(engine::Ledger::open(folder.string(), {}));
    const auto* views = sure(ledger.views());
    const auto moment = sure(views->moment({ledger.query_now(), std::nullopt, std::nullopt}));
    events::CertificateId found;
    const auto& log = ledger.store();
    sure(log.read_all(std::max<store::Position>(1, log.head().position / 2), log.head().position,
                      [&](const events::RecordView& record, auto) {
                          if (!events::certificate_event(record.type)) return true;
                          account.value = record.account;
                          found.value = events::id_part(record.stream);
                          return !moment.certificate(account, found).has_value();
                      }));
    return found;
}

}  // namespace

Section bench_startup(const Bed& bed) {
    Sheet sheet("startup", "From the start of a process to its end");
    const std::string program = bed.options.program.empty() ? own_program() : bed.options.program;
    const std::string folder = bed.ledger().string();
    events::AccountId account;
    const std::string id = any_certificate(folder, account).value;
    const std::vector<std::string> on_ledger{program, "--ledger", folder, "--account", account.value};
    const auto with = [&](std::vector<std::string> words) {
        auto arguments = on_ledger;
        arguments.insert(arguments.end(), words.begin(), words.end());
        return arguments;
    };
    std::vector<Run> runs{{"true", "/bin/true", true, {"/bin/true"}},
                          {"sqlite3", "sqlite3 --version", true, {"sqlite3", "--version"}},
                          {"version", "certledger --version", false, {program, "--version"}},
                          {"show", "certledger cert show", false, with({"cert", "show", id})},
                          {"progress", "certledger progress", false, with({"progress", id})},
                          {"list", "certledger list --limit 50", false, with({"list", "--limit", "50"})}};
    for (const Run& run : runs) {
        if (run.limit) {
            sheet.limit(run.name, run.label, "ms");
        } else {
            sheet.figure(run.name, run.label, "ms");
        }
    }
    sheet.ratio("version_cost", "certledger --version / true", "version", "true");
    sheet.ratio("show_cost", "certledger cert show / true", "show", "true");
    sheet.size("certificates", bed.options.certificates);
    for (auto run = runs.begin(); run != runs.end();) {
        const int code = run_program(run->arguments);
        if (code == 0) {
            ++run;
            continue;
        }
        // Another program may be missing; this one must answer.
        if (!run->limit)
            throw Failure(
                {ErrorKind::outside, std::string(run->label) + " ended with " + std::to_string(code)});
        sheet.note(std::string(run->label) + " was not measured: it cannot be run here");
        run = runs.erase(run);
    }
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        bed.say("startup: round " + std::to_string(round + 1));
        std::vector<std::vector<double>> millis(runs.size());
        for (std::size_t i = 0; i < kRunsARound; ++i) {
            for (std::size_t at = 0; at < runs.size(); ++at)
                millis[at].push_back(1e3 *
                                     seconds_of([&] { static_cast<void>(run_program(runs[at].arguments)); }));
        }
        for (std::size_t at = 0; at < runs.size(); ++at)
            sheet.sample(runs[at].name, percentile(millis[at], 0.5));
    }
    return sheet.section();
}

}  // namespace certledger::bench
