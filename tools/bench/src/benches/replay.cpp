// Reads the whole log again: folded and judged, and with every leaf hashed, against a bare scan.
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/audit/replay.hpp>
#include <certledger/tools/audit/sweep.hpp>
#include <thread>

#include "benches/benches.hpp"
#include "measure/sheet.hpp"
#include "raw/lmdb_log.hpp"

namespace certledger::bench {
namespace {

using store::lmdb::LmdbStore;

constexpr const char* kCommits = "commits";

std::unique_ptr<LmdbStore> open_log(const std::filesystem::path& ledger) {
    store::lmdb::LmdbStoreOptions options;
    options.read_only = true;
    options.check_up_to = 0;
    return sure(LmdbStore::open(ledger / "log", options));
}

/// Folds every stream: every event judged, every version looked at.
void sweep(const store::EventStore& log, unsigned threads, bool checksums, bool leaves) {
    audit::SweepOptions options;
    options.threads = threads;
    options.checksums = checksums;
    options.leaves = leaves;
    const auto report = sure(audit::sweep(log, options));
    if (!report.good()) {
        throw Failure({ErrorKind::damaged, "replay: " + (report.first_fault ? report.first_fault->second
                                                                            : "the log does not hold")});
    }
}

/// The same record by record, as `audit replay` shows it.
void replay(const store::EventStore& log) {
    const auto report = sure(audit::replay(log, {}, {}, {}));
    if (report.broken > 0)
        throw Failure({ErrorKind::damaged, "replay: the machine forbids an event of the log"});
}

void declare(Sheet& sheet) {
    sheet.limit("scan_1", "bare LMDB scan, every octet, 1 thread", "events/s");
    sheet.limit("scan_2", "bare LMDB scan, every octet, 2 threads", "events/s");
    sheet.figure("fold", "replay, fold, legality and versions, 1 core", "events/s");
    sheet.figure("fold_checked", "the same with every checksum, 1 core", "events/s");
    sheet.figure("fold_hashed", "the same with checksums, leaves and tree, 1 core", "events/s");
    sheet.figure("fold_all_cores", "replay, fold, legality and versions, all cores", "events/s");
    sheet.figure("fold_hashed_all_cores", "the same with checksums, leaves and tree, all cores", "events/s");
    sheet.figure("record_by_record", "audit replay, 1 core", "events/s");
    sheet.ratio("fold_share", "replay and fold / bare scan, 1 thread", "fold", "scan_1");
    sheet.ratio("fold_hashed_share", "with leaves hashed / bare scan, 1 thread", "fold_hashed", "scan_1");
    sheet.ratio("all_cores_share", "with leaves hashed, all cores / bare scan, 2 threads",
                "fold_hashed_all_cores", "scan_2");
}

}  // namespace

Section bench_replay(const Bed& bed) {
    Sheet sheet("replay", "The whole log read again");
    declare(sheet);
    const auto ledger = bed.ledger();
    const std::filesystem::path data = ledger / "log" / "data.mdb";
    store::Position end = 0;
    {
        const auto log = open_log(ledger);
        end = log->head().position;
        const auto stats = sure(log->stats());
        sheet.size("certificates", bed.options.certificates);
        sheet.size("events", end);
        sheet.size("log_octets", stats.pages * stats.page_size);
    }
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    sheet.size("cores", cores);
    const auto timed = [&](const char* name, auto&& work) {
        sheet.sample(name, static_cast<double>(end) / seconds_of(work));
    };
    // Once without a clock: the pages come into memory.
    static_cast<void>(raw_scan(data, kCommits, 1));
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        bed.say("replay: round " + std::to_string(round + 1));
        // Nobody else may have the file open while it is scanned.
        timed("scan_1", [&] { static_cast<void>(raw_scan(data, kCommits, 1)); });
        timed("scan_2", [&] { static_cast<void>(raw_scan(data, kCommits, 2)); });
        const auto log = open_log(ledger);
        timed("fold", [&] { sweep(*log, 1, false, false); });
        timed("fold_checked", [&] { sweep(*log, 1, true, false); });
        timed("fold_hashed", [&] { sweep(*log, 1, true, true); });
        timed("fold_all_cores", [&] { sweep(*log, cores, false, false); });
        timed("fold_hashed_all_cores", [&] { sweep(*log, cores, true, true); });
        timed("record_by_record", [&] { replay(*log); });
    }
    return sheet.section();
}

}  // namespace certledger::bench
