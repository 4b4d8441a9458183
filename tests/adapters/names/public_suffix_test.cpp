#include <catch2/catch.hpp>
#include <certledger/adapters/names/idna.hpp>
#include <certledger/adapters/names/name.hpp>
#include <set>
#include <sstream>
#include <string>

#include "../support/vectors.hpp"

using namespace certledger::adapters::names;
using certledger::test::read_text;
using certledger::test::vectors;

namespace {

/// The registrable domain in A-labels; "null" for none.
std::string registrable(const std::string& input) {
    const auto ascii = to_ascii(input);
    const std::string domain = ascii ? registrable_domain(*ascii) : "";
    return domain.empty() ? "null" : domain;
}

}  // namespace

TEST_CASE("registrable domains are those of the public suffix list's own tests") {
    std::istringstream lines(read_text(vectors() / "names/psl_tests.txt"));
    std::size_t cases = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.rfind("//", 0) == 0) {
            continue;
        }
        std::istringstream cells(line);
        std::string input;
        std::string expected;
        REQUIRE(cells >> input >> expected);
        ++cases;
        if (input == "null") {
            CHECK_FALSE(normalize_name(""));
            continue;
        }
        INFO(line);
        CHECK(registrable(input) == (expected == "null" ? "null" : *to_ascii(expected)));
        // A name without a registrable domain cannot be ordered, and no wildcard stands directly above it.
        CHECK(normalize_name(input).has_value() == (expected != "null"));
        if (expected == "null") {
            CHECK_FALSE(normalize_name("*." + input));
        }
    }
    CHECK(cases >= 75);
}
