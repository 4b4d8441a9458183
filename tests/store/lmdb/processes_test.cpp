#include <sys/resource.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/store/command_handler.hpp>
#include <certledger/store/lmdb/fault_guard.hpp>
#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include "support/child.hpp"
#include "support/lmdb_log.hpp"
#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

/// One way between processes.
class Pipe {
  public:
    Pipe() {
        if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        ::close(ends_[0]);
        close_writing();
    }
    void close_writing() {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }
    [[nodiscard]] bool send(std::uint64_t number) const { return ::write(ends_[1], &number, 8) == 8; }
    /// Nothing at the end.
    [[nodiscard]] std::optional<std::uint64_t> receive() const {
        std::uint64_t number = 0;
        if (::read(ends_[0], &number, 8) != 8) return std::nullopt;
        return number;
    }

  private:
    std::array<int, 2> ends_{-1, -1};
};

/// Appends for ever, and acknowledges each position that was durable.
int append_until_killed(const std::filesystem::path& folder, const LmdbStoreOptions& options,
                        const Pipe& pipe, unsigned seed) {
    const auto store = reopened(folder, options);
    std::mt19937 random(seed);
    for (;;) {
        Append append;
        const auto count = 1 + random() % 20;
        for (unsigned i = 0; i < count; ++i) {
            const std::uint64_t next = store->head().position + 1 + i;
            PendingRecord record =
                pending_command("s" + std::to_string(next % 37), "c" + std::to_string(next % 101));
            // What it says of itself is how the parent knows it again.
            record.payload = bytes_of("record " + std::to_string(next));
            record.payload.resize(20 + random() % 3000, '.');
            append.records.push_back(std::move(record));
        }
        const auto stored = store->append(append);
        if (!stored) return 1;
        if (!pipe.send(stored->back().position)) return 2;
    }
}

std::string fault_after_kill(const std::filesystem::path& folder, const LmdbStoreOptions& options,
                             std::uint64_t acknowledged) {
    const auto store = reopened(folder, options);
    if (store->head().position < acknowledged)
        return "acknowledged " + std::to_string(acknowledged) + ", there are " +
               std::to_string(store->head().position);
    for (const Seen& one : whole_log(*store)) {
        const std::string begin = "record " + std::to_string(one.position);
        if (one.payload.substr(0, begin.size()) != begin)
            return "another record at " + std::to_string(one.position);
    }
    if (const auto sound = store->check_pages(); !sound) return sound.error().message;
    return fault_of(*store);
}

std::uint64_t anonymous_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
    throw std::runtime_error("no RssAnon");
}

}  // namespace

TEST_CASE("after kill -9 the log opens and holds everything that was acknowledged") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    LmdbStoreOptions options = small_runs();
    { created(folder, options); }
    std::mt19937 random(5);
    std::uint64_t acknowledged = 0;
    for (unsigned round = 0; round < 25; ++round) {
        options.durable = round % 5 == 0;
        Pipe pipe;
        Child child([&] { return append_until_killed(folder, options, pipe, round); });
        pipe.close_writing();
        const auto before_kill = 1 + random() % 60;
        for (std::size_t i = 0; i < before_kill; ++i) {
            const auto position = pipe.receive();
            REQUIRE(position);
            acknowledged = *position;
        }
        child.kill();
        CHECK(child.wait() == Ended{-1, SIGKILL});
        // What it managed to say before it died counts too.
        while (const auto position = pipe.receive()) acknowledged = *position;
        INFO("round " << round);
        REQUIRE(fault_after_kill(folder, options, acknowledged).empty());
    }
}

TEST_CASE("of several processes that make one log at the same time one does") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    const auto make = [&] {
        const auto made = LmdbStore::create(folder, quick_options());
        if (!made) return made.error().kind == ErrorKind::invalid_input ? 1 : 2;
        return (*made)->append(append_to("a", 7)) ? 0 : 3;
    };
    std::map<int, int> outcomes;
    {
        std::vector<std::unique_ptr<Child>> children;
        for (int i = 0; i < 6; ++i) children.push_back(std::make_unique<Child>(make));
        for (const auto& child : children) ++outcomes[child->wait().exit_code];
    }
    CHECK(outcomes == std::map<int, int>{{0, 1}, {1, 5}});
    CHECK(reopened(folder, quick_options())->head().position == 7);
}

TEST_CASE("two processes append to one log, and each sees what the other has appended") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    const LmdbStoreOptions options = small_runs();
    constexpr std::uint64_t kAppends = 150;
    { created(folder, options); }
    Pipe to[2];
    const auto work = [&](std::size_t me) {
        const auto store = reopened(folder, options);
        const std::string own = "own-" + std::to_string(me);
        const std::string other = "own-" + std::to_string(1 - me);
        std::uint64_t seen_of_other = 0;
        for (std::uint64_t i = 0; i < kAppends; ++i) {
            const auto stored = retry_conflicts(1000, [&]() -> Result<std::vector<Stored>> {
                const auto shared = store->stream_head("shared");
                return store->append(
                    append_of({pending_command(own, own), pending("shared")},
                              {{{own}, ExpectedVersion::exact(i)},
                               {{"shared"}, ExpectedVersion::exact(shared ? shared->version : 0)}}));
            });
            if (!stored) return 1;
            const auto head = store->stream_head(other);
            if (head && head->version < seen_of_other) return 2;
            seen_of_other = head ? head->version : 0;
        }
        // Each waits for the other, without sleeping, and must then see all of it.
        if (!to[1 - me].send(me) || !to[me].receive()) return 3;
        if (store->stream_head(other)->version != kAppends) return 4;
        if (store->stream_head("shared")->version != 2 * kAppends) return 5;
        Collector collector;
        if (!store->find(command_key(other), collector.visitor()) || collector.all.size() != kAppends)
            return 6;
        return fault_of(*store).empty() ? 0 : 7;
    };
    Child first([&] { return work(0); });
    Child second([&] { return work(1); });
    CHECK(first.wait() == Ended{0, 0});
    CHECK(second.wait() == Ended{0, 0});
    const auto store = reopened(folder, options);
    CHECK(store->head().position == 4 * kAppends);
    CHECK(fault_of(*store) == "");
    CHECK(store->check_pages());
}

TEST_CASE("a decision conflicts with what another process has appended since") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    { created(folder, small_runs()); }
    Pipe to_child;
    Pipe to_parent;
    Child child([&] {
        const auto store = reopened(folder, small_runs());
        if (!store->append(append_to("a"))) return 1;
        if (!to_parent.send(1) || !to_child.receive()) return 2;
        Append append = append_to("b");
        append.decided_at = 1;
        append.reads = {command_key("x")};
        const auto conflict = store->append(append);
        if (conflict || conflict.error().kind != ErrorKind::conflict) return 3;
        const auto stale = store->append(append_of({pending("a")}, {{{"a"}, ExpectedVersion::exact(1)}}));
        if (stale || stale.error().kind != ErrorKind::conflict) return 4;
        const auto fresh = store->append(append_of({pending("a")}, {{{"a"}, ExpectedVersion::exact(2)}}));
        return fresh && fresh->front().position == 3 ? 0 : 5;
    });
    REQUIRE(to_parent.receive());
    {
        const auto store = reopened(folder, small_runs());
        REQUIRE(store->append(append_of({pending_command("a", "x")})));
    }
    REQUIRE(to_child.send(1));
    CHECK(child.wait() == Ended{0, 0});
}

TEST_CASE("on a full disk or map nothing is written, and the store goes on when there is room") {
    const Scratch scratch;
    for (const bool by_map : {false, true}) {
        const auto folder = scratch / (by_map ? "map" : "disk");
        const Ended ended = run_in_child([&] {
            lmdb::install_fault_guard();
            LmdbStoreOptions options = small_runs();
            options.durable = true;
            if (by_map) options.map_size = options.map_size_max = 4 << 20U;
            const auto store = created(folder, options);
            if (!store->append(append_to("s"))) return 1;
            rlimit limit = {};
            ::getrlimit(RLIMIT_FSIZE, &limit);
            const rlimit unlimited = limit;
            limit.rlim_cur = 4 << 20U;
            if (!by_map && ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
            Append large = append_to("s", 20);
            for (PendingRecord& record : large.records) record.payload.resize(30'000, 'x');
            Position last = 1;
            for (;;) {
                const auto stored = store->append(large);
                if (!stored) {
                    if (stored.error().kind != ErrorKind::outside) return 3;
                    break;
                }
                last = stored->back().position;
            }
            if (store->head().position != last || store->stream_head("s")->version != last) return 4;
            if (last < 20 || !fault_of(*store).empty()) return 5;
            if (!store->append(append_to("small"))) return 6;
            if (by_map) return store->check_pages() ? 0 : 7;
            if (::setrlimit(RLIMIT_FSIZE, &unlimited) != 0) return 8;
            if (!store->append(large) || !fault_of(*store).empty()) return 9;
            return store->check_pages() ? 0 : 10;
        });
        INFO("by map: " << by_map);
        CHECK(ended == Ended{0, 0});
    }
}

TEST_CASE("two processes of several threads each lose no update of one another") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    const LmdbStoreOptions options = small_runs();
    constexpr std::uint64_t kEach = 40;
    constexpr std::size_t kThreads = 3;
    { created(folder, options); }
    const auto work = [&] {
        const auto store = reopened(folder, options);
        std::atomic<int> failures = 0;
        const auto count = [&] {
            for (std::uint64_t i = 0; i < kEach; ++i) {
                const auto appended = retry_conflicts(1'000'000, [&]() -> Result<std::vector<Stored>> {
                    const auto head = store->stream_head("counter");
                    const std::uint64_t version = head ? head->version : 0;
                    Append append =
                        append_of({pending("counter")}, {{{"counter"}, ExpectedVersion::exact(version)}});
                    append.records.front().payload = bytes_of(std::to_string(version));
                    return store->append(append);
                });
                if (!appended) ++failures;
            }
        };
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < kThreads; ++t) threads.emplace_back(count);
        for (std::thread& thread : threads) thread.join();
        return failures == 0 ? 0 : 1;
    };
    {
        Child first(work);
        Child second(work);
        CHECK(first.wait() == Ended{0, 0});
        CHECK(second.wait() == Ended{0, 0});
    }
    const auto store = reopened(folder, options);
    const auto log = whole_log(*store);
    REQUIRE(log.size() == 2 * kThreads * kEach);
    for (std::size_t i = 0; i < log.size(); ++i) CHECK(log[i].payload == std::to_string(i));
    CHECK(fault_of(*store) == "");
}

TEST_CASE("memory does not grow with the log") {
    const Scratch scratch;
    const Ended ended = run_in_child([&] {
        LmdbStoreOptions options = quick_options();
        options.flush_at = 4096;
        options.heads_max = 4096;
        const auto store = created(scratch / "log", options);
        std::uint64_t before = 0;
        for (std::size_t written = 0; written < 200'000;) {
            Append append;
            for (int i = 0; i < 500; ++i, ++written)
                append.records.push_back(pending_command("stream-" + std::to_string(written / 3),
                                                         "command-" + std::to_string(written)));
            if (!store->append(append)) return 1;
            if (written == 50'000) before = anonymous_memory();
        }
        const std::uint64_t grown = anonymous_memory() - std::min(before, anonymous_memory());
        if (grown > (8U << 20U)) return 2;
        if (store->stream_head("stream-0")->version != 3) return 3;
        if (store->stream_head("stream-66665")->version != 3) return 4;
        Collector collector;
        if (!store->find(command_key("command-777"), collector.visitor())) return 5;
        return collector.positions() == std::vector<Position>{778} ? 0 : 6;
    });
    CHECK(ended == Ended{0, 0});
}
