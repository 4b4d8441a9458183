// Role: what was to be reached, and whether it was.
#pragma once

#include <certledger/tools/bench/report.hpp>

namespace certledger::bench {

/// One aim, with what a report says of it. Regular value.
struct Reach {
    std::string what;
    std::string needed;
    std::string aim;
    std::string measured;  ///< "not measured" when the report has no such figure.
    std::string verdict;   ///< "aim reached", "enough", "missed", or empty.
    std::string between;   ///< What stands between the figure and the limit.
};

[[nodiscard]] std::vector<Reach> reach_of(const Report& report);

}  // namespace certledger::bench
