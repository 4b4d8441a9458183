// Role: writes changed rows into one generation.
#pragma once

#include <certledger/projections/memory_rows.hpp>

#include "lmdb_rows.hpp"

namespace certledger::projections::lmdb {

/// Puts every changed row; `indexed`: with its card in the index and all its entries there. Errors are those
/// of LMDB, and of rows that cannot be read; the caller's transaction is then undone.
[[nodiscard]] Result<void> write_changes(engine::WriteTransaction& transaction, const Generation& to,
                                         bool indexed, const MemoryRows& changes);

}  // namespace certledger::projections::lmdb
