// Several processes on one ledger, and processes that end in the middle of their work. LMDB must not be open
// across fork(), so that a child opens the ledger for itself and the parent only afterwards.
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <set>

#include "scratch_folder.hpp"
#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

pid_t start(const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) return child;
    try {
        work();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "a child ended with: %s\n", error.what());
        ::_exit(1);
    }
    ::_exit(0);
}

bool ended_well(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Takes units of the quota in batches of ten, again where another process was faster too often.
void take_units(const std::string& path, const std::string& name, int count) {
    auto ledger = must(engine::Ledger::open(path, {}));
    for (int first = 0; first < count; first += 10) {
        for (bool done = false; !done;) {
            for (int i = first; i < first + 10; ++i) {
                const std::string id = name + std::to_string(i);
                must(ledger.submit(
                    request(id, create("q1", id, id + ".example.com"), "2026-01-02T00:00:00Z")));
            }
            const auto answers = ledger.flush();
            if (!answers && answers.error().kind != ErrorKind::conflict) throw std::runtime_error("flush");
            done = answers.has_value();
        }
    }
}

/// Reads the whole log; says how many records it has of each stream.
std::map<std::string, std::uint64_t> check_log(const store::EventStore& log) {
    std::map<std::string, std::uint64_t> versions;
    std::uint64_t position = 0;
    bool sound = true;
    must(log.read_all(1, log.head().position,
                      [&](const events::RecordView& record, std::span<const std::uint8_t>) {
                          sound = sound && record.position == ++position &&
                                  record.version == ++versions[std::string(record.stream)];
                          return true;
                      }));
    CHECK(sound);
    CHECK(position == log.head().position);
    return versions;
}

}  // namespace

TEST_CASE("two processes that take units of one quota never take one twice") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    const pid_t maker = start([&] {
        auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
        must(ledger.execute(request("q", buy_quota("q1", 150), "2026-01-01T00:00:00Z")));
    });
    REQUIRE(ended_well(maker));
    const pid_t first = start([&] { take_units(path, "a", 100); });
    const pid_t second = start([&] { take_units(path, "b", 100); });
    CHECK(ended_well(first));
    CHECK(ended_well(second));

    auto ledger = must(engine::Ledger::open(path, {}));
    const auto versions = check_log(ledger.store());
    CHECK(versions.at("quota-q1") == 151);
    const auto quota = *must(ledger.quota({"q1"}));
    CHECK(quota.consumed == 150);
    CHECK(quota.free.empty());
    CHECK_FALSE(quota.broken);
    int made = 0;
    for (const char* name : {"a", "b"}) {
        for (int i = 0; i < 100; ++i) {
            made += must(ledger.certificate({name + std::to_string(i)}))->exists() ? 1 : 0;
        }
    }
    CHECK(made == 150);
}

TEST_CASE("two processes that make the same ledger at the same moment share it") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    const auto make = [&](const char* id) {
        return start([&path, id] {
            auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
            if (!must(ledger.execute(request(id, buy_quota(id), "2026-01-01T00:00:00Z"))).ok)
                throw std::exception();
        });
    };
    const pid_t first = make("a");
    const pid_t second = make("b");
    CHECK(ended_well(first));
    CHECK(ended_well(second));
    auto ledger = must(engine::Ledger::open(path, {}));
    const auto versions = check_log(ledger.store());
    CHECK(versions.at("ledger") == 1);
    CHECK(versions.at("policy") == 8);
    CHECK(versions.count("quota-a") + versions.count("quota-b") == 2);
}

TEST_CASE(
    "what a process had answered before it was killed is there, whole, and the rest can be given again") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = start([&] {
        auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
        must(ledger.execute(request("q", buy_quota("q1", 1'000'000), "2026-01-01T00:00:00Z")));
        for (int i = 0;; ++i) {
            const std::string id = "k" + std::to_string(i);
            must(ledger.execute(request(id, create("q1", id, id + ".example.com"))));
            if (::write(ends[1], &i, sizeof i) != sizeof i) return;
        }
    });
    ::close(ends[1]);
    int answered = -1;
    while (answered < 200 && ::read(ends[0], &answered, sizeof answered) == sizeof answered) continue;
    REQUIRE(::kill(child, SIGKILL) == 0);
    CHECK_FALSE(ended_well(child));
    while (::read(ends[0], &answered, sizeof answered) == sizeof answered) continue;
    ::close(ends[0]);
    REQUIRE(answered >= 200);

    auto ledger = must(engine::Ledger::open(path, {}));
    check_log(ledger.store());
    for (int i = 0; i <= answered + 1; ++i) {
        const std::string id = "k" + std::to_string(i);
        const bool there = must(ledger.certificate({id}))->exists();
        if (i <= answered && !there) FAIL("answered and lost: " << id);
        const auto again = must(ledger.execute(request(id, create("q1", id, id + ".example.com"))));
        if (!again.ok || again.replayed != there) FAIL("given again: " << id);
    }
    CHECK_FALSE(must(ledger.quota({"q1"}))->broken);
}
