// Role: makes the indexes of rows that were filled without them.
#pragma once

#include "lmdb_rows.hpp"
#include "sorted_keys.hpp"

namespace certledger::projections::lmdb {

/// Adds every index entry that the rows have, with the cards as values of Index::created.
[[nodiscard]] Result<void> gather(const RowReader& rows, SortedKeys& keys);

/// Clears the index and the cards of rows without indexes, and fills the index with the keys, in transactions
/// of bounded size, each page to its end. No snapshot may be held.
[[nodiscard]] Result<void> fill_in_order(engine::Environment& environment, const Generation& to,
                                         SortedKeys& keys);

}  // namespace certledger::projections::lmdb
