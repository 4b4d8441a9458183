// Durable appends of one writer, in batches, on top of a log of a given length.
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <certledger/tools/engine/record_keys.hpp>

#include "benches/benches.hpp"
#include "measure/feed.hpp"
#include "measure/sheet.hpp"
#include "raw/sqlite_log.hpp"

namespace certledger::bench {
namespace {

using store::lmdb::LmdbStore;

struct Size {
    std::size_t batch;
    std::size_t commits;  ///< A round.
};
constexpr Size kSizes[] = {{1, 300}, {10, 200}, {100, 100}, {1'000, 40}, {10'000, 8}};

/// A batch for every contender: as the engine takes it, and as the octets that come of it.
struct Batch {
    store::Append append;
    store::AppendPlan plan;

    /// Views into this batch.
    [[nodiscard]] std::vector<RawEvent> events() const {
        std::vector<RawEvent> events;
        events.reserve(plan.count());
        for (std::size_t i = 0; i < plan.count(); ++i) {
            events.push_back({plan.stored[i].position, plan.stored[i].version, append.records[i].stream.value,
                              plan.record(i)});
        }
        return events;
    }
};

Batch next_batch(Feed& feed, std::size_t count) {
    Batch batch;
    batch.append = feed.take(count);
    feed.expect(batch.append);
    batch.plan = feed.plan(batch.append);
    return batch;
}

std::string named(const char* what, std::size_t batch) {
    return std::string(what) + "_" + std::to_string(batch);
}

/// Everybody who appends, over files of their own.
class Contenders {
  public:
    Contenders(const std::filesystem::path& folder, bool sqlite)
        : raw_(folder / "raw.mdb", RawLayout::commits, false),
          ahead_(folder / "raw-ahead.mdb", RawLayout::commits, true),
          indexed_(folder / "indexed.mdb", RawLayout::indexed, false) {
        store::lmdb::LmdbStoreOptions options;
        options.keys_of = &engine::record_keys;
        engine_ = sure(LmdbStore::create(folder / "engine", options));
        if (sqlite) sqlite_ = SqliteLog::open(folder / "events.sqlite");
    }

    void fill(Feed& feed, std::uint64_t events, const Bed& bed) {
        hurry(true);
        constexpr std::size_t most = 20'000;
        for (std::uint64_t done = 0; done < events;) {
            const Batch batch = next_batch(feed, std::min<std::size_t>(most, events - done));
            const auto list = batch.events();
            static_cast<void>(sure(engine_->append(batch.append)));
            raw_.append(list, batch.plan.octets);
            ahead_.append(list, batch.plan.octets);
            indexed_.append(list, batch.plan.octets);
            if (sqlite_) sqlite_->append(list);
            done += list.size();
            bed.say("append: filled " + std::to_string(done) + " of " + std::to_string(events));
        }
        hurry(false);
        for (RawLog* log : {&raw_, &ahead_, &indexed_}) log->sync();
    }

    /// One round at one size; every contender appends the same batches. Each is given a copy that was made
    /// right before, unmeasured: a producer's records are in the caches still.
    void round(Sheet& sheet, const std::vector<Batch>& batches, std::size_t size, std::size_t turn) {
        const auto commits = static_cast<double>(batches.size());
        const double events = commits * static_cast<double>(size);
        std::vector<std::vector<RawEvent>> lists;
        lists.reserve(batches.size());
        for (const Batch& batch : batches) lists.push_back(batch.events());
        const auto timed = [&](const char* name, auto&& input_of, auto&& one) {
            std::vector<double> micros;
            micros.reserve(batches.size());
            double seconds = 0;
            for (std::size_t i = 0; i < batches.size(); ++i) {
                const auto input = input_of(i);
                const double taken = seconds_of([&] { one(i, input); });
                seconds += taken;
                micros.push_back(1e6 * taken);
            }
            sheet.sample(named(name, size), events / seconds);
            if (size == 1) sample_latencies(sheet, named(name, size), std::move(micros));
            return seconds;
        };
        const auto append_of = [&](std::size_t at) { return batches[at].append; };
        const auto octets_of = [&](std::size_t at) { return batches[at].plan.octets; };
        const auto to_raw = [&](RawLog& log) {
            return [&](std::size_t at, const events::Bytes& octets) { log.append(lists[at], octets); };
        };
        double engine_seconds = 0;
        // Who begins changes from round to round: nobody always has the disk as the one before left it.
        for (std::size_t i = 0; i < 5; ++i) {
            switch ((i + turn) % 5) {
                case 0:
                    engine_seconds =
                        timed("engine", append_of, [&](std::size_t, const store::Append& append) {
                            static_cast<void>(sure(engine_->append(append)));
                        });
                    break;
                case 1:
                    timed("raw", octets_of, to_raw(raw_));
                    break;
                case 2:
                    ahead_.grow_ahead();
                    timed("ahead", octets_of, to_raw(ahead_));
                    break;
                case 3:
                    timed("indexed", octets_of, to_raw(indexed_));
                    break;
                default:
                    if (sqlite_)
                        timed("sqlite", octets_of,
                              [&](std::size_t at, const auto&) { sqlite_->append(lists[at]); });
            }
        }
        split(sheet, batches, size, engine_seconds);
    }

    [[nodiscard]] std::uint64_t engine_octets() const {
        const auto stats = sure(engine_->stats());
        return stats.pages * stats.page_size;
    }
    [[nodiscard]] std::optional<std::string> sqlite_version() const {
        return sqlite_ ? std::optional(sqlite_->version()) : std::nullopt;
    }

  private:
    /// Where the engine's time goes.
    static void split(Sheet& sheet, const std::vector<Batch>& batches, std::size_t size,
                      double engine_seconds) {
        double octet = 0;
        // As the engine does it: all leaves of a commit in one go.
        double hashing = 0;
        for (const Batch& batch : batches) {
            std::vector<std::span<const std::uint8_t>> records;
            for (std::size_t i = 0; i < batch.plan.count(); ++i) records.push_back(batch.plan.record(i));
            std::vector<events::Digest> leaves(records.size());
            hashing += seconds_of([&] { store::tlog::leaf_hashes(records, leaves); });
            octet += leaves.back()[0];
        }
        double planning = 0;
        for (const Batch& batch : batches) {
            const store::Append append = batch.append;
            planning += seconds_of([&] {
                store::AppendPlanner planner(
                    {{batch.plan.stored.front().position - 1, {}},
                     [&](std::string_view stream, const store::NamePrint&) -> Result<store::StreamHead> {
                         return head_before(batch, stream);
                     },
                     [](std::string_view, store::Position) -> Result<store::Position> {
                         return store::Position{0};
                     }},
                    size, batch.plan.octets.size());
                sure(planner.add(append));
                octet += static_cast<double>(planner.take().octets.size());
            });
        }
        const double events = static_cast<double>(batches.size() * size);
        const double without = engine_seconds - hashing;
        if (without > 0) sheet.sample(named("unhashed", size), events / without);
        if (size < 1'000 || octet == 0) return;
        sheet.sample(named("hash_ns", size), hashing / events * 1e9);
        sheet.sample(named("plan_ns", size), (planning - hashing) / events * 1e9);
        // Two runs are compared: a disturbed one may make the rest look like less than nothing.
        sheet.sample(named("rest_ns", size), std::max(0.0, engine_seconds - planning) / events * 1e9);
    }

    /// The end of a stream before the batch, which the expectations tell.
    static store::StreamHead head_before(const Batch& batch, std::string_view stream) {
        // Streams of a batch are few and near its beginning, but a large one must not be gone through for
        // each.
        static thread_local const Batch* known = nullptr;
        static thread_local std::unordered_map<std::string_view, std::uint64_t> versions;
        if (known != &batch) {
            known = &batch;
            versions.clear();
            for (const auto& expectation : batch.append.expectations)
                versions.emplace(expectation.stream.value, expectation.expected.version);
        }
        return {versions[stream], 1};
    }

    void hurry(bool on) {
        for (RawLog* log : {&raw_, &ahead_, &indexed_}) log->hurry(on);
        if (sqlite_) sqlite_->hurry(on);
    }

    RawLog raw_;
    RawLog ahead_;
    RawLog indexed_;
    std::unique_ptr<LmdbStore> engine_;
    std::unique_ptr<SqliteLog> sqlite_;
};

void declare(Sheet& sheet) {
    for (const auto& [batch, commits] : kSizes) {
        const std::string at = ", batch " + std::to_string(batch);
        sheet.figure(named("engine", batch), "engine, durable" + at, "events/s");
        sheet.figure(named("unhashed", batch), "engine less its leaf hashes" + at, "events/s");
        sheet.limit(named("raw", batch), "raw LMDB, one value a commit" + at, "events/s");
        sheet.limit(named("ahead", batch), "the same, zeros written ahead" + at, "events/s");
        sheet.limit(named("indexed", batch), "raw LMDB, value an event, stream index in the commit" + at,
                    "events/s");
        sheet.limit(named("sqlite", batch), "SQLite, WAL, synchronous=FULL" + at, "events/s");
        sheet.ratio(named("share", batch), "engine / raw LMDB" + at, named("engine", batch),
                    named("raw", batch));
        sheet.ratio(named("share_unhashed", batch), "engine without hashing / raw LMDB" + at,
                    named("unhashed", batch), named("raw", batch));
        sheet.ratio(named("share_ahead", batch), "engine / raw LMDB with zeros ahead" + at,
                    named("engine", batch), named("ahead", batch));
        sheet.ratio(named("over_index", batch), "engine / LMDB with the index in the commit" + at,
                    named("engine", batch), named("indexed", batch));
        sheet.ratio(named("over_sqlite", batch), "engine / SQLite" + at, named("engine", batch),
                    named("sqlite", batch));
        if (batch < 1'000) continue;
        sheet.figure(named("plan_ns", batch), "of it: check, versions, encode" + at, "ns/event");
        sheet.figure(named("hash_ns", batch), "of it: leaf hashes" + at, "ns/event");
        sheet.figure(named("rest_ns", batch), "of it: tree, table of streams, commit" + at, "ns/event");
    }
    declare_latencies(sheet, "engine_1", "engine, one event a commit", false);
    declare_latencies(sheet, "raw_1", "raw LMDB, one event a commit", true);
    declare_latencies(sheet, "ahead_1", "raw LMDB with zeros ahead, one event a commit", true);
    declare_latencies(sheet, "indexed_1", "LMDB with the index, one event a commit", true);
    declare_latencies(sheet, "sqlite_1", "SQLite, one event a commit", true);
    sheet.figure("octets_an_event", "log's file, per event", "octets");
    sheet.limit("raw_octets_an_event", "the records themselves, per event", "octets");
    sheet.ratio("size", "log's file / its records", "octets_an_event", "raw_octets_an_event");
}

}  // namespace

Section bench_append(const Bed& bed) {
    Sheet sheet("append", "Durable append, one writer");
    declare(sheet);
    const auto scratch = bed.scratch("append");
    Feed feed(bed.options.seed);
    Contenders contenders(scratch.path(), bed.options.against_sqlite);
    contenders.fill(feed, bed.options.events, bed);
    sheet.size("events_before", bed.options.events);
    double octets = 0;
    double events = 0;
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        for (const auto& [batch, commits] : kSizes) {
            bed.say("append: round " + std::to_string(round + 1) + ", batch " + std::to_string(batch));
            std::vector<Batch> batches;
            batches.reserve(commits);
            for (std::size_t i = 0; i < commits; ++i) {
                batches.push_back(next_batch(feed, batch));
                octets += static_cast<double>(batches.back().plan.octets.size());
                events += static_cast<double>(batch);
            }
            contenders.round(sheet, batches, batch, round);
        }
    }
    sheet.sample("raw_octets_an_event", octets / events);
    sheet.sample("octets_an_event",
                 static_cast<double>(contenders.engine_octets()) / static_cast<double>(feed.head().position));
    if (const auto version = contenders.sqlite_version()) {
        sheet.note("SQLite " + *version);
    } else if (bed.options.against_sqlite) {
        sheet.note("SQLite was not measured: libsqlite3.so.0 is not there");
    }
    return sheet.section();
}

}  // namespace certledger::bench
