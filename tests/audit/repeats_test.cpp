#include "repeats.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>
#include <vector>

using certledger::audit::Repeats;
using certledger::store::Position;

namespace {

using Pairs = std::vector<std::pair<Position, Position>>;

Pairs found(Repeats& repeats) {
    Pairs pairs;
    REQUIRE(repeats.finish([&](Position first, Position again) { pairs.emplace_back(first, again); }));
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

}  // namespace

TEST_CASE("what stands twice is found in memory and in runs on the disk, in the same way") {
    for (const std::size_t most : {std::size_t{16}, std::size_t{300}, std::size_t{100'000}}) {
        Repeats repeats(most);
        for (std::uint64_t i = 1; i <= 20'000; ++i) repeats.add(i * 0x9E3779B97F4A7C15U, i);
        repeats.add(7 * 0x9E3779B97F4A7C15U, 20'001);
        repeats.add(7 * 0x9E3779B97F4A7C15U, 20'002);
        repeats.add(20'000 * 0x9E3779B97F4A7C15U, 20'003);
        INFO(most << " in memory");
        CHECK(found(repeats) == Pairs{{7, 20'001}, {7, 20'002}, {20'000, 20'003}});
    }
}

TEST_CASE("nothing stands twice among nothing and among different ones") {
    Repeats none;
    CHECK(found(none).empty());
    Repeats some(2);
    for (std::uint64_t i = 0; i < 100; ++i) some.add(i, i + 1);
    CHECK(found(some).empty());
}
