// Role: what was to be reached, and whether it was.
#pragma once

#include <certledger/tools/bench/report.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::bench {

/// One aim, with what a report says of it. Regular value.
struct Reach {
    std::string what;
    std::string needed;
    std::string aim;
    std::string measured;  ///< "not measured" when the report has no such figure.
    std::string verdict;   ///< "aim reached", "enough", "missed", or empty.
    std::string between;   ///< What stands between the figure and the limit.

    /// A figure in seconds says as much of the machine as of the engine. Empty: no limit is known.
    struct Limit {
        std::string then;      ///< On the machine for which the goals were set.
        std::string needed;    ///< Of that limit.
        std::string now;       ///< In the report's own run.
        std::string measured;  ///< Of that one.
    };
    Limit limit;
};

[[nodiscard]] std::vector<Reach> reach_of(const Report& report);

/// One figure of the report for which a goal is set, as numbers (rulings 43). Regular value.
struct Row {
    std::string metric;  ///< `BENCH.FIGURE`.
    double value = 0;
    std::string unit;
    std::optional<double> limit;   ///< What the machine allowed in the same run, in the same unit.
    std::optional<double> ratio;   ///< Of that limit; the value itself where that is a quotient.
    std::optional<double> needed;  ///< In the value's unit, as the aim.
    std::optional<double> aim;
    bool more_is_better = true;
};

[[nodiscard]] std::vector<Row> rows_of(const Report& report);

}  // namespace certledger::bench
