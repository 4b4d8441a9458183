#include <catch2/catch.hpp>
#include <certledger/store/command_handler.hpp>

using namespace certledger;
using namespace certledger::store;

TEST_CASE("a conflict is tried again until it succeeds") {
    int runs = 0;
    const auto outcome = retry_conflicts(8, [&]() -> Result<int> {
        if (++runs < 4) return fail(ErrorKind::conflict, "somebody was faster");
        return runs;
    });
    CHECK(*outcome == 4);
}

TEST_CASE("a conflict is returned after the last try") {
    int runs = 0;
    const auto outcome = retry_conflicts(
        [&]() -> Result<int> { return fail(ErrorKind::conflict, "try " + std::to_string(++runs)); });
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == Error{ErrorKind::conflict, "try 8"});
}

TEST_CASE("any other failure ends the tries at once") {
    int runs = 0;
    const auto outcome = retry_conflicts(8, [&]() -> Result<void> {
        ++runs;
        return fail(ErrorKind::outside, "the disk is full");
    });
    CHECK(outcome.error().kind == ErrorKind::outside);
    CHECK(runs == 1);
}

TEST_CASE("no tries at all violate the contract") {
    CHECK_THROWS_AS((void)retry_conflicts(0, []() -> Result<void> { return {}; }), ContractViolation);
}
