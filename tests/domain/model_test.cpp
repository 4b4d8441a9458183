// The domain against the model, over random courses of commands.
//
//   CERTLEDGER_PROPERTY_COMMANDS=10000000 test_domain_model     the long run
//   RC_PARAMS="seed=42" test_domain_model                       the same courses again
#include <catch2/catch.hpp>
#include <cstdlib>
#include <sstream>

#include "support/command_gen.hpp"
#include "support/compare.hpp"

namespace {

using namespace certledger;

constexpr std::size_t kLongest = 160;

std::size_t wanted_commands() {
    const char* text = std::getenv("CERTLEDGER_PROPERTY_COMMANDS");
    return text == nullptr ? 120'000 : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

}  // namespace

TEST_CASE("the machine's table is the table of the specification") { CHECK(testing::table_fault() == ""); }

TEST_CASE("the domain and the model agree on every answer and every fact of random courses") {
    testing::Tally tally;
    auto params = rc::detail::configuration().testParams;
    params.maxSuccess = static_cast<int>(wanted_commands() / (kLongest / 2)) + 1;
    const auto result = rc::detail::checkTestable(
        [&tally] {
            const auto course = *testing::courses(kLongest);
            const std::string found = testing::disagreement(course, &tally);
            if (!found.empty()) RC_FAIL(found);
        },
        rc::detail::TestMetadata{}, params);
    std::ostringstream message;
    rc::detail::printResultMessage(result, message);
    INFO(message.str());
    CHECK(result.is<rc::detail::SuccessResult>());
    CHECK(tally.commands >= wanted_commands() * 8 / 10);
    WARN(tally.commands << " commands were compared, " << tally.refused << " of them refused");
}
