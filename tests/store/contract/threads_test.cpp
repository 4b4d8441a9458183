#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/store/command_handler.hpp>
#include <certledger/store/subscription.hpp>
#include <map>
#include <thread>

#include "support/engines.hpp"
#include "support/records.hpp"
#include "support/threads.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

TEST_CASE("appends of several threads stand one after another") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kAppends = 40;
    std::atomic<int> failures = 0;
    Threads threads(kThreads, [&](std::size_t t) {
        const std::string own = "own-" + std::to_string(t);
        for (std::size_t i = 0; i < kAppends; ++i) {
            const auto stored = store.append(
                append_of({pending(own), pending("shared")}, {{{own}, ExpectedVersion::exact(i)}}));
            if (!stored || (*stored)[1].position != (*stored)[0].position + 1) ++failures;
        }
    });
    // A reader beside them sees a log without gaps at any moment.
    Subscription subscription(store);
    Position expected = 1;
    while (subscription.position() < kThreads * kAppends * 2) {
        const auto read = subscription.next(16, [&](const events::RecordView& record, auto) {
            if (record.position != expected++) ++failures;
            return true;
        });
        if (!read) ++failures;
        std::this_thread::yield();
    }
    threads.join();
    CHECK(failures == 0);

    std::map<std::string, std::uint64_t> versions;
    for (const Seen& one : whole_log(store)) CHECK(one.version == ++versions[one.stream]);
    CHECK(versions["shared"] == kThreads * kAppends);
    CHECK(versions["own-0"] == kAppends);
}

TEST_CASE("decisions of several threads about one stream never overtake each other") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    std::atomic<int> failures = 0;
    Threads threads(4, [&](std::size_t) {
        for (int i = 0; i < 20; ++i) {
            // Each record says how many stood before it; that is a decision about the stream.
            const auto appended = retry_conflicts(1'000'000, [&]() -> Result<std::vector<Stored>> {
                const auto end = store.stream_head("counter");
                const std::uint64_t count = end ? end->version : 0;
                return store.append(append_of({pending("counter", std::to_string(count))},
                                              {{{"counter"}, ExpectedVersion::exact(count)}}));
            });
            if (!appended) ++failures;
        }
    });
    threads.join();
    CHECK(failures == 0);
    const auto log = whole_log(store);
    REQUIRE(log.size() == 80);
    for (std::size_t i = 0; i < log.size(); ++i) CHECK(log[i].payload == std::to_string(i));
}
