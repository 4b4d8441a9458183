// Role: checks of Merkle proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2); needs no ledger.
//
// Safe on any input: sizes and indices up to 2^64 - 1, paths of any length (work ends with the 64th hash).
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/tlog/hash.hpp>

namespace certledger::store::tlog {

/// Does `path` show that leaf `index` (from 0) of the tree of `size` leaves with `root` has the hash `leaf`?
/// Damaged, with what failed, if not; an index not below the size always fails, so nothing is in the empty
/// tree.
[[nodiscard]] Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                                            std::span<const Digest> path, const Digest& root);

/// Does `path` show that the tree of `size` leaves with `root` begins with the tree of `old_size` leaves with
/// `old_root`? Damaged, with what failed, if not.
///
/// Size 0: every tree extends the empty one, so an empty path from size 0 holds (RFC 9162 leaves the case
/// open) -- but only if the root given for size 0 is the root of the empty tree, SHA-256(""), since no other
/// tree has that size. A path that is not empty never holds there.
[[nodiscard]] Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t size,
                                              const Digest& old_root, const Digest& root,
                                              std::span<const Digest> path);

}  // namespace certledger::store::tlog
