// The views made anew from the whole log, and how far they lag behind a writer.
#include <malloc.h>

#include <certledger/adapters/zones/system_zones.hpp>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <thread>

#include "benches/benches.hpp"
#include "measure/feed.hpp"
#include "measure/process.hpp"
#include "measure/sheet.hpp"
#include "raw/lmdb_log.hpp"

namespace certledger::bench {
namespace {

namespace fs = std::filesystem;
using projections::lmdb::LmdbRowStore;
using store::lmdb::LmdbStore;

constexpr std::size_t kLagBatch = 100;
/// Beyond that the rows of all certificates do not fit into the memory of a small machine.
constexpr std::uint64_t kMostInMemory = 2'000'000;

std::unique_ptr<LmdbStore> open_log(const fs::path& ledger) {
    store::lmdb::LmdbStoreOptions options;
    options.read_only = true;
    options.check_up_to = 0;
    return sure(LmdbStore::open(ledger / "log", options));
}

void declare(Sheet& sheet) {
    sheet.limit("scan_2", "bare LMDB scan of the log, 2 threads", "events/s");
    sheet.limit("puts", "raw LMDB puts of the same rows, in order, durable", "events/s");
    sheet.limit("put_rows", "raw LMDB puts of the same rows", "rows/s");
    sheet.figure("rebuild", "all views made anew, rows durable", "events/s");
    sheet.figure("in_memory", "the same fold, rows in memory alone", "events/s");
    sheet.figure("memory", "memory of a rebuild besides the mapped files, at most", "MiB");
    sheet.figure("octets_a_certificate", "views on disk, per certificate", "octets");
    sheet.figure("log_octets_a_certificate", "log on disk, per certificate", "octets");
    sheet.figure("index_octets_a_certificate", "stream index on disk, per certificate", "octets");
    sheet.limit("record_octets_a_certificate", "the records themselves, per certificate", "octets");
    sheet.figure("lag_p50", "from an answer to the views, at the given rate, p50", "us");
    sheet.figure("lag_p99", "from an answer to the views, at the given rate, p99", "us");
    sheet.figure("lag_rate", "rate of appends that was reached meanwhile", "events/s");
    sheet.figure("all_octets_a_certificate", "log, stream index and views on disk, per certificate",
                 "octets");
    sheet.ratio("log_size", "log / its records, on disk", "log_octets_a_certificate",
                "record_octets_a_certificate");
    sheet.ratio("all_size", "log, stream index and views / the records, on disk", "all_octets_a_certificate",
                "record_octets_a_certificate");
    sheet.ratio("scan_share", "rebuild / bare scan, 2 threads", "rebuild", "scan_2");
    sheet.ratio("puts_share", "rebuild / raw puts of the same rows", "rebuild", "puts");
    sheet.note(
        "One wide row serves list, progress and refunds, so that these three are not made without the "
        "others.");
}

std::uint64_t file_octets(const fs::path& file) {
    std::error_code ignored;
    const auto size = fs::file_size(file, ignored);
    return ignored ? 0 : size;
}

void measure_sizes(Sheet& sheet, const LmdbStore& log, const fs::path& ledger, const fs::path& views,
                   double certificates) {
    const auto stats = sure(log.stats());
    const auto log_octets = static_cast<double>(stats.pages * stats.page_size);
    const auto index_octets = static_cast<double>(file_octets(ledger / "log" / "index.mdb"));
    const auto views_octets = static_cast<double>(file_octets(views));
    sheet.sample("octets_a_certificate", views_octets / certificates);
    sheet.sample("log_octets_a_certificate", log_octets / certificates);
    sheet.sample("index_octets_a_certificate", index_octets / certificates);
    sheet.sample("all_octets_a_certificate", (log_octets + index_octets + views_octets) / certificates);
    std::uint64_t octets = 0;
    sure(log.read_all(1, log.head().position, [&](const auto&, std::span<const std::uint8_t> record) {
        octets += record.size();
        return true;
    }));
    sheet.sample("record_octets_a_certificate", static_cast<double>(octets) / certificates);
}

/// Makes the views anew into an empty folder.
void rebuild(const store::EventStore& log, const fs::path& folder) {
    const adapters::zones::SystemZones zones;
    const auto rows = sure(LmdbRowStore::open(folder));
    projections::Views views(log, *rows, zones);
    static_cast<void>(sure(views.catch_up()));
}

/// A writer at a steady rate and a projector that follows: how long after an answer the views have it.
void measure_lag(Sheet& sheet, const Bed& bed, double events_a_second, double seconds) {
    const auto scratch = bed.scratch("lag");
    store::lmdb::LmdbStoreOptions options;
    options.keys_of = &engine::record_keys;
    const auto log = sure(LmdbStore::create(scratch.path() / "log", options));
    const auto rows = sure(LmdbRowStore::open(scratch.path() / "views"));
    const adapters::zones::SystemZones zones;
    projections::Views views(*log, *rows, zones);
    Feed feed(bed.options.seed);
    const auto commits =
        static_cast<std::size_t>(events_a_second * seconds / static_cast<double>(kLagBatch)) + 1;
    std::vector<store::Append> appends;
    for (std::size_t i = 0; i < commits; ++i) appends.push_back(feed.take(kLagBatch));
    std::vector<Clock::time_point> answered(commits);
    std::atomic<std::size_t> done = 0;
    std::exception_ptr failed;
    const auto begun = Clock::now();
    std::thread writer([&] {
        try {
            for (std::size_t i = 0; i < commits; ++i) {
                const auto due =
                    begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                static_cast<double>(i * kLagBatch) / events_a_second));
                std::this_thread::sleep_until(due);
                static_cast<void>(sure(log->append(appends[i])));
                answered[i] = Clock::now();
                done = i + 1;
            }
        } catch (...) {
            failed = std::current_exception();
            done = commits;
        }
    });
    std::vector<double> micros;
    std::size_t seen = 0;
    try {
        while (seen < commits && !(done == commits && failed)) {
            const auto reached = sure(views.catch_up());
            const auto now = Clock::now();
            for (; seen < done && (seen + 1) * kLagBatch <= reached; ++seen)
                micros.push_back(1e6 * std::chrono::duration<double>(now - answered[seen]).count());
        }
    } catch (...) {
        writer.join();
        throw;
    }
    const double whole = seconds_since(begun);
    writer.join();
    if (failed) std::rethrow_exception(failed);
    for (double& lag : micros) lag = std::max(lag, 0.0);
    sheet.sample("lag_p50", percentile(micros, 0.5));
    sheet.sample("lag_p99", percentile(micros, 0.99));
    sheet.sample("lag_rate", static_cast<double>(commits * kLagBatch) / whole);
}

}  // namespace

Section bench_views(const Bed& bed) {
    Sheet sheet("views", "Views made anew, and kept up");
    declare(sheet);
    const fs::path ledger = bed.ledger();
    const fs::path data = ledger / "log" / "data.mdb";
    constexpr double lag_rate = 10'000;
    sheet.size("certificates", bed.options.certificates);
    sheet.size("lag_events_a_second", static_cast<std::uint64_t>(lag_rate));
    // Minutes each, and the same each time.
    const std::size_t rounds = bed.options.certificates <= kMostInMemory ? bed.options.rounds : 1;
    for (std::size_t round = 0; round < rounds; ++round) {
        bed.say("views: round " + std::to_string(round + 1));
        const double scan_seconds = seconds_of([&] { static_cast<void>(raw_scan(data, "commits", 2)); });
        const auto scratch = bed.scratch("views");
        const auto log = open_log(ledger);
        const auto events = static_cast<double>(log->head().position);
        const auto certificates = static_cast<double>(bed.options.certificates);
        sheet.sample("scan_2", events / scan_seconds);
        {
            // What an earlier round has given back to the allocator is not this rebuild's.
            ::malloc_trim(0);
            const PeakMemory peak;
            sheet.sample("rebuild", events / seconds_of([&] { rebuild(*log, scratch.path() / "rows"); }));
            sheet.sample("memory", peak.mebibytes());
        }
        if (bed.options.certificates <= kMostInMemory) {
            sheet.sample("in_memory", events / seconds_of([&] {
                                          projections::MemoryRows rows;
                                          sure(projections::fold(*log, rows, log->head().position));
                                      }));
        }
        const fs::path views = scratch.path() / "rows" / "views.mdb";
        if (const bool room = fs::space(scratch.path()).available > 2 * fs::file_size(views); room) {
            const auto copy = raw_copy(views, scratch.path() / "copy.mdb");
            sheet.sample("puts", events / copy.seconds);
            sheet.sample("put_rows", static_cast<double>(copy.rows) / copy.seconds);
            if (round == 0) sheet.size("rows", copy.rows);
        } else if (round == 0) {
            sheet.note("The disk has no room for a raw copy of the rows.");
        }
        if (round == 0) {
            sheet.size("events", log->head().position);
            measure_sizes(sheet, *log, ledger, views, certificates);
        }
        // The questions to come are asked of them.
        if (const fs::path live = ledger / "views"; !fs::exists(live))
            fs::rename(scratch.path() / "rows", live);
        measure_lag(sheet, bed, lag_rate, 2);
    }
    return sheet.section();
}

}  // namespace certledger::bench
