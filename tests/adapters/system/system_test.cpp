#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/adapters/system/clock.hpp>
#include <certledger/adapters/system/identity.hpp>
#include <certledger/adapters/system/uuid_generator.hpp>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace certledger;
using namespace certledger::adapters::system;

TEST_CASE("the wall clock shows the time of the system in microseconds") {
    using namespace std::chrono;
    const auto system_now = [] {
        return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    };
    const auto before = system_now();
    const events::Instant shown = WallClock().now();
    CHECK(before <= shown.micros);
    CHECK(shown.micros <= system_now());
    FixedClock fixed(events::Instant{5});
    fixed.set(events::Instant{7});
    CHECK(fixed.now().micros == 7);
}

TEST_CASE("a UUID carries version, variant and the millisecond") {
    UuidGenerator generator;
    const auto instant = *events::instant_from_string("2022-02-22T19:22:22Z");
    const std::string text = events::to_string(generator.next(instant));
    // The time of RFC 9562's own example, appendix A.6.
    CHECK(text.substr(0, 13) == "017f22e2-79b0");
    CHECK(text[14] == '7');
    CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("UUIDs rise and never repeat, in one millisecond and while the clock runs backwards") {
    UuidGenerator generator;
    events::Uuid last{};
    for (int i = 0; i < 20'000; ++i) {
        const events::Uuid next = generator.next(events::Instant{1'000'000'000 - i * 500});
        REQUIRE(last < next);
        last = next;
    }
    CHECK(generator.next(events::kEarliest) > last);
    CHECK(generator.next(events::kLatest) > last);
}

TEST_CASE("threads that share a generator get different UUIDs") {
    UuidGenerator generator;
    std::vector<std::vector<events::Uuid>> made(4);
    std::vector<std::thread> threads;
    for (auto& mine : made) {
        threads.emplace_back([&] {
            for (int i = 0; i < 5'000; ++i) mine.push_back(generator.next(WallClock().now()));
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::set<events::Uuid> all;
    for (const auto& mine : made) {
        CHECK(std::is_sorted(mine.begin(), mine.end()));
        all.insert(mine.begin(), mine.end());
    }
    CHECK(all.size() == 20'000);
}

TEST_CASE("two generators at the same instant do not make the same UUID") {
    UuidGenerator one;
    UuidGenerator two;
    for (int i = 0; i < 1'000; ++i) {
        CHECK(one.next(events::Instant{i}) != two.next(events::Instant{i}));
    }
}

TEST_CASE("the login name is printable and randomness does not repeat") {
    const std::string name = login_name();
    CHECK_FALSE(name.empty());
    CHECK(name.find(' ') == std::string::npos);
    std::vector<std::uint8_t> one(32);
    std::vector<std::uint8_t> two(32);
    fill_random(one);
    fill_random(two);
    CHECK(one != two);
}
