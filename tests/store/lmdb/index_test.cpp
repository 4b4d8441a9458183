#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "head_cache.hpp"
#include "index_file.hpp"
#include "index_run.hpp"
#include "log_file.hpp"
#include "support/lmdb_log.hpp"
#include "support/scratch.hpp"
#include "tail_table.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::lmdb;
using namespace certledger::store::testing;

TEST_CASE("the lower bound in a segment is that of a plain search, however the hashes are spread") {
    std::mt19937_64 random(3);
    for (int round = 0; round < 60; ++round) {
        const std::uint64_t mask = round % 3 == 0 ? ~std::uint64_t{0} : round % 3 == 1 ? 0xF : 0xFFF;
        std::vector<IndexEntry> entries(1 + random() % kSegmentEntries);
        for (IndexEntry& entry : entries) entry = {random() & mask, random() % 1000};
        if (round % 4 == 0) entries.back().hash = ~std::uint64_t{0};
        std::sort(entries.begin(), entries.end());
        events::Bytes octets(segment_size(entries.size()));
        write_segment(entries, octets);
        const auto segment = read_segment(octets, static_cast<std::uint32_t>(entries.size()));
        REQUIRE(segment);
        for (int i = 0; i < 300; ++i) {
            IndexEntry key = i % 2 == 0 ? entries[random() % entries.size()]
                                        : IndexEntry{random() & mask, random() % 1000};
            const auto plain = std::lower_bound(entries.begin(), entries.end(), key) - entries.begin();
            REQUIRE(segment->lower_bound(key, entries.front().hash, entries.back().hash) ==
                    static_cast<std::size_t>(plain));
        }
    }
}

TEST_CASE("a segment or run with a flipped bit is refused") {
    const std::vector<IndexEntry> entries{{1, 2}, {3, 4}, {5, 6}};
    events::Bytes octets(segment_size(entries.size()));
    write_segment(entries, octets);
    Run run;
    run.id = 7;
    run.from = 1;
    run.to = 9;
    run.entries = 3;
    run.last_hash = 5;
    run.segments = {{entries.front(), 3}};
    events::Bytes directory = run.encode();
    CHECK(Run::decode(7, directory)->segments.front().first == entries.front());
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
        octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(read_segment(octets, 3));
        octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] ^ (1U << (bit % 8)));
    }
    CHECK(read_segment(octets, 3));
    CHECK_FALSE(read_segment(octets, 4));
    for (std::size_t bit = 0; bit < directory.size() * 8; ++bit) {
        directory[bit / 8] = static_cast<std::uint8_t>(directory[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(Run::decode(7, directory));
        directory[bit / 8] = static_cast<std::uint8_t>(directory[bit / 8] ^ (1U << (bit % 8)));
    }
}

TEST_CASE("neighbours of one size are merged, oldest and largest last") {
    const auto merged = [](std::vector<std::uint64_t> sizes) { return runs_to_merge(sizes, 4, 1'000'000); };
    CHECK_FALSE(merged({}));
    CHECK_FALSE(merged({100, 100, 100}));
    CHECK(merged({100, 100, 100, 100}) == MergeRange{0, 4});
    CHECK(merged({9000, 100, 100, 100, 100}) == MergeRange{1, 5});
    CHECK_FALSE(merged({9000, 9000, 9000, 100, 100, 100}));
    CHECK(merged({9000, 9000, 9000, 9000, 100, 100}) == MergeRange{0, 4});
    // A small one between large ones goes with them.
    CHECK_FALSE(merged({9000, 9000, 100, 9000}));
    CHECK(merged({9000, 9000, 100, 9000, 9000}) == MergeRange{0, 5});
    // What would become too large is merged before, and then left alone.
    CHECK_FALSE(merged({600'000, 600'000, 600'000, 600'000, 600'000}));
    CHECK(merged({300'000, 300'000, 300'000, 300'000}) == MergeRange{1, 4});
    CHECK_FALSE(merged({300'000, 900'000}));
    CHECK(merged({200'000, 50'000, 50'000, 50'000, 9000, 9000, 9000, 100, 100, 100}) == MergeRange{4, 10});
}

TEST_CASE("few runs are left, and no entry is written again often") {
    for (const bool varied : {false, true}) {
        std::mt19937 random(1);
        std::vector<std::uint64_t> sizes;
        std::size_t most = 0;
        std::uint64_t flushed = 0;
        std::uint64_t written = 0;
        for (int flush = 0; flush < 4000; ++flush) {
            sizes.push_back(varied && flush % 3 == 0 ? 1 + random() % 2000 : 65'000);
            flushed += sizes.back();
            while (const auto range = runs_to_merge(sizes, 4, std::uint64_t{1} << 40U)) {
                REQUIRE(range->end - range->begin >= 2);
                std::uint64_t total = 0;
                for (std::size_t i = range->begin; i < range->end; ++i) total += sizes[i];
                sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(range->begin) + 1,
                            sizes.begin() + static_cast<std::ptrdiff_t>(range->end));
                sizes[range->begin] = total;
                written += total;
            }
            most = std::max(most, sizes.size());
        }
        CHECK(most <= 10);
        CHECK(written <= 8 * flushed);
    }
}

TEST_CASE("the tail's table knows every position of each key and the last one of each stream") {
    constexpr Position begin = 100;
    for (const std::uint64_t mask : {~std::uint64_t{0}, std::uint64_t{0x3}}) {
        TailTable table(begin, mask);
        std::map<std::string, Position> streams;
        std::map<std::string, std::vector<Position>> keys;
        std::mt19937 random(11);
        for (Position position = begin + 1; position <= begin + 3000; ++position) {
            const std::string stream = "name" + std::to_string(random() % 300);
            const std::string key = "name" + std::to_string(random() % 500);
            // A stream that began before the table did has a position of that time.
            const Position previous = streams.contains(stream) ? streams[stream] : random() % begin;
            table.add_stream(stream, position, previous);
            streams[stream] = position;
            table.add_key(key, position);
            table.add_key(key, position);
            keys[key].insert(keys[key].begin(), position);
        }
        std::set<IndexEntry> expected;
        for (const auto& [stream, last] : streams)
            expected.insert({table.hash_of(NameKind::stream, stream), last});
        for (int i = 0; i < 520; ++i) {
            const std::string name = "name" + std::to_string(i);
            CHECK(table.key(name) == (keys.contains(name) ? keys[name] : std::vector<Position>()));
            CHECK(table.newest_of_key(name) == (keys.contains(name) ? keys[name].front() : 0));
            for (const Position position : table.key(name))
                expected.insert({table.hash_of(NameKind::key, name), position});
        }
        CHECK(table.entries() == std::vector<IndexEntry>(expected.begin(), expected.end()));
    }
}

TEST_CASE("no bound on a run's size is too large to be told from the others") {
    const std::vector<std::uint64_t> sizes(10, 2000);
    CHECK(runs_to_merge(sizes, 4, ~std::uint64_t{0}) == runs_to_merge(sizes, 4, std::uint64_t{1} << 40U));
    CHECK_FALSE(runs_to_merge(std::vector<std::uint64_t>{2000, 1}, 4, ~std::uint64_t{0}));
}

TEST_CASE("a record that lies about the one before it costs another stream nothing") {
    TailTable table(0);
    table.add_stream("a", 1, 0);
    table.add_stream("b", 2, 1);
    table.add_stream("c", 3, 77);
    CHECK(table.entries().size() == 3);
    table.add_stream("b", 4, 2);
    CHECK(table.entries().size() == 3);
}

TEST_CASE("a stream whose records are not one behind the other is damaged") {
    // What each record of "forged" takes for the end of its stream before it.
    for (const StreamHead lie : {StreamHead{1, 1}, StreamHead{0, 1}, StreamHead{4, 0}}) {
        const Scratch scratch;
        {
            const auto store = created(scratch / "log", quick_options());
            Append append;
            append.records = {pending("honest")};
            REQUIRE(store->append(append));
        }
        {
            EnvironmentOptions options;
            options.file = scratch / "log" / "data.mdb";
            const auto log = LogFile::open(options);
            REQUIRE(log);
            LogEnd end = [&] {
                const auto transaction = log->environment().read();
                return log->end(*transaction).value();
            }();
            AppendPlanner planner(
                {end.head, [&](std::string_view, const NamePrint&) { return Result<StreamHead>(lie); },
                 [](std::string_view, Position) { return Result<Position>(0); }},
                1);
            Append append;
            append.records = {pending("forged")};
            REQUIRE(planner.add(append));
            const AppendPlan plan = planner.take();
            end.head = plan.head;
            end.edge.append(plan.leaves);
            REQUIRE(log->environment().write(
                [&](WriteTransaction& transaction) { return log->append(transaction, plan, end); }));
        }
        const auto store = reopened(scratch / "log", quick_options());
        Collector collector;
        const auto read =
            store->read_stream("forged", 1, ~std::uint64_t{0}, Direction::forward, collector.visitor());
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == ErrorKind::damaged);
        CHECK(collector.all.empty());
    }
}

TEST_CASE("ends of streams move into a larger table, made beforehand or not, and none is lost") {
    for (const bool beforehand : {false, true}) {
        HeadCache cache(std::size_t{1} << 20U);
        cache.begin_whole();
        std::size_t spares = 0;
        constexpr Position streams = 100'000;
        for (Position position = 1; position <= streams; ++position) {
            cache.put(print_of("certificate-" + std::to_string(position)), {1, position}, 0);
            if (const auto wanted = cache.spare_wanted(); beforehand && wanted > 0) {
                cache.keep(HeadCache::make_spare(wanted));
                ++spares;
                CHECK(cache.spare_wanted() == 0);
            }
        }
        CHECK(spares == (beforehand ? 7U : 0U));
        for (Position position = 1; position <= streams; ++position)
            REQUIRE(cache.find(print_of("certificate-" + std::to_string(position)))->position == position);
        // One that comes too late is not taken.
        cache.keep(HeadCache::make_spare(4096));
        CHECK(cache.whole());
    }
}

TEST_CASE("kept ends of streams are those that were put last, and what is not kept is not made up") {
    for (const std::size_t room : {std::size_t{4}, std::size_t{64}, std::size_t{1} << 20U}) {
        HeadCache cache(room);
        cache.begin_whole();
        std::map<std::string, StreamHead> truth;
        std::mt19937_64 random(5);
        for (Position position = 1; position <= 20'000; ++position) {
            const std::string stream = "certificate-" + std::to_string(random() % 3000);
            const StreamHead head{truth[stream].version + 1, position};
            truth[stream] = head;
            cache.put(print_of(stream), head, position);
            REQUIRE(cache.find(print_of(stream))->position == position);
        }
        std::size_t found = 0;
        for (const auto& [stream, head] : truth) {
            const auto kept = cache.find(print_of(stream));
            if (!kept) continue;
            ++found;
            CHECK(kept->position == head.position);
            CHECK(kept->version == head.version);
        }
        CHECK_FALSE(cache.find(print_of("certificate-none")));
        // With that much room none is pushed out, and a stream that is not found does not exist.
        CHECK(cache.whole() == (room > 3000));
        CHECK(found == (room > 3000 ? truth.size() : room));
        cache.clear();
        CHECK_FALSE(cache.find(print_of("certificate-1")));
        CHECK_FALSE(cache.whole());
    }
}

TEST_CASE("no end of a stream behind the bound is pushed out, however little room there is") {
    HeadCache cache(4);
    for (Position position = 1; position <= 1000; ++position)
        cache.put(print_of("stream-" + std::to_string(position)), {1, position}, 500);
    for (Position position = 501; position <= 1000; ++position) {
        const auto kept = cache.find(print_of("stream-" + std::to_string(position)));
        REQUIRE(kept);
        CHECK(kept->position == position);
    }
    CHECK_FALSE(cache.whole());
}

TEST_CASE("an index that another process has begun anew hides nothing from one that had relied upon it") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    LmdbStoreOptions small = quick_options();
    small.flush_at = 16;
    small.flush_on_close_at = 1;
    const auto name = [](int i) { return "s" + std::to_string(i); };
    {
        const auto store = created(folder, small);
        for (int i = 0; i < 200; ++i) REQUIRE(store->append(testing::append_to(name(i))));
    }
    // Before the store is opened here: LMDB must not be carried over a fork.
    int now[2];
    REQUIRE(::pipe(now) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        char go = 0;
        if (::read(now[0], &go, 1) != 1) ::_exit(1);
        auto index = IndexFile::open(folder / "index.mdb", false, {});
        ::_exit(index && index->reset() ? 0 : 1);
    }
    const auto store = reopened(folder, quick_options());
    CHECK(store->index_stats()->position == 200);
    REQUIRE(::write(now[1], "!", 1) == 1);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    for (const int end : now) ::close(end);
    SECTION("who looks up") {
        for (int i = 0; i < 200; ++i) REQUIRE(store->stream_head(name(i)).value().version == 1);
    }
    SECTION("who appends") {
        const auto stored = store->append(testing::append_to(name(7)));
        REQUIRE(stored);
        CHECK(stored->front().version == 2);
        CHECK(stored->front().position == 201);
    }
}
