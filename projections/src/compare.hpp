// Role: compares kept rows with a fresh fold.
#pragma once

#include <certledger/projections/views.hpp>

namespace certledger::projections {

/// Adds every difference between the two to `found`: rows, and the entries of every index.
void compare_rows(const RowReader& kept, const RowReader& fresh, Verification& found);

}  // namespace certledger::projections
