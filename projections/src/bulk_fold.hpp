// Role: the fold of a whole log by all cores. No event changes rows of another account, so that each thread
// folds some of the accounts, and as many of them at a time as memory allows.
#pragma once

#include <certledger/projections/projector.hpp>
#include <certledger/projections/row_store.hpp>

namespace certledger::projections {

/// Counts are of certificates that one thread holds in memory at a time.
struct BulkOptions {
    Position to = 0;          ///< The last record.
    std::size_t lanes = 1;    ///< Threads.
    std::uint64_t share = 0;  ///< About so many; more where otherwise the log would be scanned too often.
    std::uint64_t apart = 0;  ///< An account of more is folded by itself, one such account at a time.
    std::uint64_t most = 0;   ///< An account of more is not dealt out.
    std::size_t room = 0;     ///< Octets of memory for what the loader sorts.
};

/// As many threads as there are cores. All of them together take half of the memory at most, half of that one
/// large account; mostly much less, because smaller shares are faster. Of what is sorted a twelfth is kept
/// there.
[[nodiscard]] BulkOptions bulk_options(Position to);

/// Folds the records up to `to` into the loader and finishes it. False, and the loader is to be thrown away:
/// the log cannot be folded so, because an account has too many certificates, or a record is damaged or of no
/// row; a fold in the order of the log says which. outside: from the log or the loader.
[[nodiscard]] Result<bool> bulk_fold(const store::EventStore& log, RowLoader& loader,
                                     const OnFolded& progress, const BulkOptions& options);

}  // namespace certledger::projections
