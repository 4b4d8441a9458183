// Role: hashes, roots and proofs of the tree of any size up to the stored one, read from tiles.
//
// Cost: O(log n) tiles, each at most once a call, and at most 256 node hashes a tile.
// Threads: each call uses only its arguments. Lifetime: the source is used during the call only.
//
// All functions: the caller promises that the source holds the tree of `size` leaves; where a tile is missing
// hashes the answer is damaged, and errors of the source are passed through. Stored hashes are believed:
// whoever wants to know whether they are right compares `root_at` with a signed checkpoint.
#pragma once

#include <certledger/store/tlog/tiles.hpp>

namespace certledger::store::tlog {

/// Hash of the complete subtree over the leaves [index * 2^height, (index + 1) * 2^height). invalid_input:
/// the subtree ends beyond 2^64 - 1 leaves.
[[nodiscard]] Result<Digest> subtree_hash(unsigned height, std::uint64_t index, const TileSource& source);

/// Root of the tree of the first `size` leaves.
[[nodiscard]] Result<Digest> root_at(std::uint64_t size, const TileSource& source);

/// Right edge of the tree of the first `size` leaves.
[[nodiscard]] Result<RightEdge> right_edge_at(std::uint64_t size, const TileSource& source);

/// Path from leaf `index` to the root of the first `size` leaves, leaf's sibling first (RFC 9162
/// section 2.1.3.1). invalid_input: index not below the size.
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                          const TileSource& source);

/// Proof that the tree of `size` leaves extends the one of `old_size` (RFC 9162 section 2.1.4.1); empty when
/// `old_size` is 0 or equals `size`. invalid_input: `old_size` exceeds `size`.
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                                            const TileSource& source);

}  // namespace certledger::store::tlog
