#include <catch2/catch.hpp>
#include <certledger/store/lmdb/environment.hpp>
#include <fstream>
#include <set>

#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store::lmdb;
using namespace certledger::store::testing;

TEST_CASE("a new data file has its name only once it is a whole database, and nothing else is left") {
    const Scratch scratch;
    const auto folder = scratch / "new";
    EnvironmentOptions options;
    options.file = folder / "a.mdb";
    for (const bool durable : {true, false}) {
        options.durable = durable;
        { REQUIRE(Environment::open(options)); }
        CHECK(std::filesystem::file_size(options.file) == 8'192);
        CHECK(check_pages(options.file));
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            names.insert(entry.path().filename().string());
        CHECK(names == std::set<std::string>{"a.mdb", "a.mdb-lock"});
        std::filesystem::remove(options.file);
    }
}

TEST_CASE(
    "a meta page with an older number than its trees is damage, unless its commit is known to have failed") {
    const Scratch scratch;
    EnvironmentOptions options;
    options.file = scratch / "a.mdb";
    constexpr std::uint64_t kCommits = 6;
    {
        const auto environment = Environment::open(options);
        REQUIRE(environment);
        for (std::uint8_t i = 0; i < kCommits; ++i) {
            const std::vector<std::uint8_t> value(200, i);
            REQUIRE((*environment)->write([&](WriteTransaction& transaction) {
                return transaction.put((*environment)->main(), octets_of("key"), value);
            }));
        }
    }
    REQUIRE(check_pages(options.file));
    // As LMDB puts it back when the page could not be written: the number of the commit before the last.
    constexpr std::uint64_t number_at = 16 + 128;
    put_octet(options.file, number_at, kCommits - 2);
    const auto found = check_pages(options.file);
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::damaged);
    std::ofstream(options.file.string() + "-unknown") << kCommits << "\n";
    const auto known = check_pages(options.file);
    REQUIRE(known);
    CHECK(known->transaction == kCommits - 1);
    std::ofstream(options.file.string() + "-unknown") << kCommits + 1 << "\n";
    CHECK_FALSE(check_pages(options.file));
}
