// What `audit verify` costs.
#include <certledger/tools/audit/verify.hpp>

#include "benches/benches.hpp"
#include "measure/process.hpp"
#include "measure/sheet.hpp"
#include "raw/lmdb_log.hpp"

namespace certledger::bench {

Section bench_verify(const Bed& bed) {
    Sheet sheet("verify", "The log proven");
    sheet.limit("scan_1", "bare LMDB scan, every octet, 1 thread", "events/s");
    sheet.figure("records", "audit verify, records alone", "events/s");
    sheet.figure("whole", "audit verify, with every view against its fold", "events/s");
    sheet.figure("memory", "memory besides the mapped files, at most", "MiB");
    sheet.ratio("records_share", "audit verify / bare scan", "records", "scan_1");
    const auto folder = bed.ledger();
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        bed.say("verify: round " + std::to_string(round + 1));
        RawScan scanned;
        const double seconds =
            seconds_of([&] { scanned = raw_scan(folder / "log" / "data.mdb", "commits", 1); });
        auto ledger = sure(engine::Ledger::open(folder.string(), {}));
        const auto events = static_cast<double>(ledger.store().head().position);
        sheet.sample("scan_1", events / seconds);
        if (round == 0) sheet.size("events", ledger.store().head().position);
        // The views stand where the log ends before the clock runs.
        static_cast<void>(sure(ledger.views()));
        for (const bool views : {false, true}) {
            const PeakMemory peak;
            audit::VerifyOptions options;
            options.views = views;
            double took = 0;
            audit::VerifyReport report;
            took = seconds_of([&] { report = sure(audit::verify(ledger, options)); });
            if (!report.good()) throw Failure({ErrorKind::damaged, "audit verify has findings"});
            sheet.sample(views ? "whole" : "records", events / took);
            if (!views) sheet.sample("memory", peak.mebibytes());
        }
    }
    return sheet.section();
}

}  // namespace certledger::bench
