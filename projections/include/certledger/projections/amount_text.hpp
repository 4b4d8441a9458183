// Role: a sum of money in the form in which Money is written, however large.
#pragma once

#include <certledger/projections/other_rows.hpp>

#include <string>

namespace certledger::projections {

/// `100.00 USD`. Only high, low and currency of the row are looked at.
[[nodiscard]] std::string amount_text(const TotalRow& total);

}  // namespace certledger::projections
