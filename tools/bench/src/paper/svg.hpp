// Role: bars as a picture that a browser shows without help.
#pragma once

#include <string>
#include <vector>

namespace certledger::bench {

struct Bar {
    std::string label;
    double value = 0;
    double low = 0;
    double high = 0;
    bool limit = false;  ///< Shown in another colour.
};

/// Horizontal bars with their values and spreads; on a logarithmic axis when the largest is more than thirty
/// times the smallest.
[[nodiscard]] std::string bars_svg(const std::string& title, const std::string& unit,
                                   const std::vector<Bar>& bars);

}  // namespace certledger::bench
