// Many threads at one engine: nothing is lost, and nobody decides on what is no longer so.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/store/command_handler.hpp>
#include <certledger/store/group_writer.hpp>
#include <functional>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "support/engines.hpp"
#include "support/lmdb_log.hpp"
#include "support/records.hpp"
#include "support/threads.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

Append expecting(const std::string& stream, std::uint64_t version) {
    return append_of({pending(stream)}, {{{stream}, ExpectedVersion::exact(version)}});
}

}  // namespace

TEST_CASE("no update of many threads is lost") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    constexpr std::size_t kThreads = 6;
    constexpr std::uint64_t kEach = 40;
    std::atomic<int> failures = 0;
    Threads threads(kThreads, [&](std::size_t t) {
        std::mt19937 random(static_cast<unsigned>(t));
        for (std::uint64_t i = 0; i < kEach; ++i) {
            const std::string counter = "counter-" + std::to_string(random() % 3);
            const auto appended = retry_conflicts(1'000'000, [&]() -> Result<std::vector<Stored>> {
                const auto head = store.stream_head(counter);
                const std::uint64_t count = head ? head->version : 0;
                return store.append(
                    append_of({pending(counter, std::to_string(count)), pending("own-" + std::to_string(t))},
                              {{{counter}, ExpectedVersion::exact(count)}}));
            });
            if (!appended) ++failures;
            // What was answered is seen by who was answered.
            if (appended && store.head().position < appended->back().position) ++failures;
            if (store.stream_head("own-" + std::to_string(t))->version != i + 1) ++failures;
        }
    });
    threads.join();
    CHECK(failures == 0);
    CHECK(fault_of(store) == "");
    std::map<std::string, std::uint64_t> counts;
    for (const Seen& one : whole_log(store)) {
        if (one.stream.starts_with("counter")) CHECK(one.payload == std::to_string(counts[one.stream]++));
    }
    CHECK(counts["counter-0"] + counts["counter-1"] + counts["counter-2"] == kThreads * kEach);
}

TEST_CASE("decisions of many threads conflict with whatever has changed what they read") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 30;
    std::atomic<int> failures = 0;
    Threads threads(kThreads, [&](std::size_t) {
        for (std::size_t i = 0; i < kEach; ++i) {
            // Each takes the next number, which it finds by the key of the one before.
            const auto appended = retry_conflicts(1'000'000, [&]() -> Result<std::vector<Stored>> {
                Append append;
                append.decided_at = store.head().position;
                append.reads = {command_key("ticket")};
                Collector newest(1);
                if (auto found = store.find(command_key("ticket"), newest.visitor()); !found)
                    return tl::make_unexpected(found.error());
                const auto number = newest.all.empty() ? 0 : std::stoull(newest.all.front().payload) + 1;
                append.records = {pending_command("s" + std::to_string(number % 7), "ticket")};
                append.records.front().payload = bytes_of(std::to_string(number));
                return store.append(append);
            });
            if (!appended) ++failures;
        }
    });
    threads.join();
    CHECK(failures == 0);
    const auto log = whole_log(store);
    REQUIRE(log.size() == kThreads * kEach);
    for (std::size_t i = 0; i < log.size(); ++i) CHECK(log[i].payload == std::to_string(i));
    CHECK(fault_of(store) == "");
}

TEST_CASE("readers see a sound log while commits are written") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    std::atomic<bool> ended = false;
    std::atomic<int> failures = 0;
    Threads readers(2, [&](std::size_t) {
        std::uint64_t seen = 0;
        while (!ended) {
            const Position position = store.head().position;
            const auto head = store.stream_head("all");
            const std::uint64_t version = head ? head->version : 0;
            // Every record is of this stream, so its end is the log's or what came since.
            if (version < position || version < seen) ++failures;
            seen = version;
            Collector newest(1);
            if (!store.read_stream("all", 1, version, Direction::backward, newest.visitor())) ++failures;
            if (version > 0 && newest.all.front().version != version) ++failures;
            if (!store.tree_head(position)) ++failures;
            std::this_thread::yield();
        }
    });
    {
        GroupWriter writer(store, {16, 3});
        for (std::uint64_t i = 0; i < 400; ++i)
            writer.submit(expecting("all", i), [&](GroupWriter::Outcome outcome) {
                if (!std::move(outcome).get()) ++failures;
            });
    }
    ended = true;
    readers.join();
    CHECK(failures == 0);
    CHECK(store.head().position == 400);
    CHECK(fault_of(store) == "");
}

TEST_CASE("a shared writer answers in the order of submission, whatever becomes of each append") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    constexpr std::size_t kAppends = 500;
    const auto holds = [](std::size_t i) { return i % 3 != 2 && i % 10 != 9; };
    for (const std::size_t committed : {1, 7, 4'096}) {
        std::vector<std::size_t> answered;
        std::vector<bool> stored;
        const std::string stream = "s" + std::to_string(committed);
        {
            GroupWriter writer(store, {32, committed});
            // Besides them somebody appends without the writer.
            std::thread other([&] {
                for (int i = 0; i < 50; ++i) static_cast<void>(store.append(append_to("other")));
            });
            // Every third expects a version that comes only later.
            std::uint64_t version = 0;
            for (std::size_t i = 0; i < kAppends; ++i) {
                Append append = expecting(stream, version + (i % 3 == 2 ? 1 : 0));
                if (holds(i)) ++version;
                if (i % 10 == 9) append.records.front().schema = 0;
                writer.submit(std::move(append), [&, i](GroupWriter::Outcome outcome) {
                    answered.push_back(i);
                    stored.push_back(std::move(outcome).get().has_value());
                });
            }
            other.join();
        }
        REQUIRE(answered.size() == kAppends);
        CHECK(std::is_sorted(answered.begin(), answered.end()));
        for (std::size_t i = 0; i < kAppends; ++i) CHECK(stored[i] == holds(i));
    }
    CHECK(fault_of(store) == "");
}

TEST_CASE("answers that give the writer the next append keep it going") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    constexpr int kAppends = 600;
    constexpr int kUnderWay = 100;
    std::atomic<int> failures = 0;
    std::atomic<int> given = 0;
    {
        std::promise<void> all;
        int answered = 0;
        GroupWriter writer(store);
        std::function<void()> give = [&] {
            writer.submit(append_to("s"), [&](GroupWriter::Outcome outcome) {
                if (!std::move(outcome).get()) ++failures;
                if (given++ < kAppends - kUnderWay) give();
                if (++answered == kAppends) all.set_value();
            });
        };
        for (int i = 0; i < kUnderWay; ++i) give();
        all.get_future().wait();
    }
    CHECK(failures == 0);
    CHECK(store.stream_head("s")->version == kAppends);
}
