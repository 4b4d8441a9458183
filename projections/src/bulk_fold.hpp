// Role: the fold of a whole log by all cores. No event changes rows of another account, so that each thread
// folds one account after the other.
#pragma once

#include <certledger/projections/projector.hpp>
#include <certledger/projections/row_store.hpp>

namespace certledger::projections {

struct BulkOptions {
    Position to = 0;        ///< The last record.
    std::size_t lanes = 1;  ///< Threads.
    std::uint64_t gather =
        0;                   ///< Octets of records in memory at a time, at most; the log is scanned for each.
    std::uint64_t part = 0;  ///< Octets of records whose rows go to the loader at a time.
    std::size_t room = 0;    ///< Octets of memory for what the loader sorts.
    /// Records of no more octets stay in the system's memory between two scans: the log is then scanned for a
    /// few parts at a time.
    std::uint64_t cached = 0;
};

/// As many threads as there are cores. Records take a sixth of the memory at most, the rows of the accounts
/// that are being folded and their entries about a third more than these at most, and what is sorted a
/// twelfth.
[[nodiscard]] BulkOptions bulk_options(Position to);

/// Folds the records up to `to` into the loader and finishes it. False, and the loader is to be thrown away:
/// the log cannot be folded so, because the records of one account are too many, or a record is damaged or of
/// no row; a fold in the order of the log says which. outside: from the log or the loader.
[[nodiscard]] Result<bool> bulk_fold(const store::EventStore& log, RowLoader& loader,
                                     const OnFolded& progress, const BulkOptions& options);

}  // namespace certledger::projections
