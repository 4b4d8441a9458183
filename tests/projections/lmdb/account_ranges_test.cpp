// Which accounts are gathered together.
#include "account_ranges.hpp"

#include <catch2/catch.hpp>

namespace certledger::test {

using projections::BulkOptions;
using projections::Range;
using projections::ranges_of;
using projections::Weight;

namespace {

std::vector<Weight> accounts_of(const std::vector<std::uint64_t>& octets) {
    std::vector<Weight> accounts;
    for (const auto some : octets) accounts.push_back({1, some});
    return accounts;
}

/// Two threads, parts of 10 octets.
std::vector<Range> ranges(const std::vector<std::uint64_t>& octets, std::uint64_t gather,
                          std::uint64_t cached) {
    BulkOptions options;
    options.lanes = 2;
    options.part = 10;
    options.gather = gather;
    options.cached = cached;
    return ranges_of(accounts_of(octets), options);
}

const std::vector<std::uint64_t> kEven(100, 40);

}  // namespace

TEST_CASE("a log that is read from the disk is gathered in as few scans as memory allows") {
    CHECK(ranges(kEven, 2'000, 3'999) == std::vector<Range>{{0, 50}, {50, 100}});
    CHECK(ranges(kEven, 1'999, 0) == std::vector<Range>{{0, 49}, {49, 98}, {98, 100}});
    // An account has no less than all of its records.
    CHECK(ranges({5, 300, 5}, 100, 0) == std::vector<Range>{{0, 1}, {1, 2}, {2, 3}});
    CHECK(ranges({}, 100, 0).empty());
    CHECK(ranges({}, 100, 100).empty());
}

TEST_CASE("a log that is in memory is gathered a few parts at a time") {
    // Eight parts for each of two threads are 160 octets, a sixteenth of the log is 250.
    CHECK(ranges(kEven, 2'000, 4'000).size() == 17);
    const std::vector<std::uint64_t> few(24, 40);
    CHECK(ranges(few, 2'000, 4'000) ==
          std::vector<Range>{{0, 4}, {4, 8}, {8, 12}, {12, 16}, {16, 20}, {20, 24}});
    CHECK(ranges(few, 80, 4'000).size() == 12);
}

TEST_CASE("an account that would keep one thread alone is gathered with others") {
    // 200 octets beside 160 are more than half, beside 320 no more.
    CHECK(ranges({40, 40, 40, 40, 40, 40, 40, 40, 200}, 2'000, 4'000) == std::vector<Range>{{0, 9}});
    CHECK(ranges({200, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40}, 2'000, 4'000) ==
          std::vector<Range>{{0, 9}, {9, 12}});
    CHECK(ranges({40, 40, 40, 40, 40, 40, 40, 40, 200}, 300, 4'000) ==
          std::vector<Range>{{0, 4}, {4, 8}, {8, 9}});
    // It is alone in the log.
    CHECK(ranges({500}, 2'000, 4'000) == std::vector<Range>{{0, 1}});
}

}  // namespace certledger::test
