#include "part.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace certledger::projections;
using certledger::projections::lmdb::AccountEntries;

TEST_CASE("the entries of an account come out in the order of their keys, index by index") {
    std::mt19937_64 random(11);
    for (const auto* account : {"a", "an-account", "b"}) {
        AccountEntries entries(account);
        std::map<Index, std::map<std::string, std::string>> expected;
        for (int i = 0; i < 3'000; ++i) {
            const auto index = kIndexes[random() % std::size(kIndexes)];
            std::string made = key::of_account(account);
            // Beginnings that are shared, octets of every value, and keys that begin others.
            if (random() % 2 == 0) made += "deployed and more";
            for (std::uint64_t n = random() % 12; n > 0; --n)
                made.push_back(static_cast<char>(random() % 256));
            const std::string value(random() % 3 == 0 ? 300 : 0, static_cast<char>(i));
            if (expected[index].emplace(made, value).second) entries.add(index, made, value);
        }
        // In order as they come.
        for (int i = 0; i < 100; ++i) {
            std::string made = key::of_account(account) + '\xFF';
            key::append(made, static_cast<std::uint64_t>(i));
            entries.add(Index::refunds, made, "");
            expected[Index::refunds].emplace(made, "");
        }
        entries.sort();
        for (const auto index : kIndexes) {
            REQUIRE(entries.count(index) == expected[index].size());
            std::size_t number = 0;
            for (const auto& [made, value] : expected[index]) {
                const auto found = entries.entry(index, number++);
                CHECK(found.key == made);
                CHECK(found.value == value);
            }
        }
    }
}
