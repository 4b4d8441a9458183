// Role: makes the indexes of rows that were filled without them.
#pragma once

#include "lmdb_rows.hpp"
#include "sorted_keys.hpp"

namespace certledger::projections::lmdb {

/// Adds every index entry that the rows have.
[[nodiscard]] Result<void> gather(const RowReader& rows, SortedKeys& keys);

/// Clears the index and fills it with the keys, in transactions of bounded size, each page to its end. No
/// snapshot may be held.
[[nodiscard]] Result<void> fill_in_order(engine::Environment& environment, engine::Database index,
                                         SortedKeys& keys);

}  // namespace certledger::projections::lmdb
