// Role: the right edge of the tree (its compact range): all that is needed to append leaves and to know the
// root.
//
// Durability: none; the caller stores `serialise()` in the transaction that appends the records.
// Threads: a value, not synchronised.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <functional>
#include <vector>

namespace certledger::store::tlog {

/// Told of each node whose subtree is complete, level by level, those of a level from the left. `height` 0 is
/// a leaf; the node covers the leaves [index * 2^height, (index + 1) * 2^height).
using NodeSink = std::function<void(unsigned height, std::uint64_t index, const Digest& hash)>;

class RightEdge {
  public:
    /// The edge of the empty tree.
    RightEdge() = default;

    /// Appends leaves (their hashes, not the records) in order; amortised one node hash a leaf. The sink must
    /// not throw. A tree of more than 2^64 - 1 leaves is a contract violation.
    void append(const Digest& leaf);
    void append(std::span<const Digest> leaves);
    void append(std::span<const Digest> leaves, const NodeSink& sink);

    /// Number of leaves.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// Root of the tree of `size()` leaves (RFC 6962 section 2.1); costs at most 63 node hashes.
    [[nodiscard]] Digest root() const;

    /// Roots of the complete subtrees, largest (leftmost) first: one for each set bit of `size()`.
    [[nodiscard]] const std::vector<Digest>& subtree_roots() const { return roots_; }

    /// The canonical bytes: size as 8 octets big-endian, then the subtree roots, largest first.
    [[nodiscard]] Bytes serialise() const;

    /// Reads exactly what `serialise` wrote. Damaged: the length does not fit the size.
    [[nodiscard]] static Result<RightEdge> parse(std::span<const std::uint8_t> bytes);

    /// The edge of a tree of `size` leaves from its subtree roots. Damaged: not one root for each set bit of
    /// the size.
    [[nodiscard]] static Result<RightEdge> from_subtree_roots(std::uint64_t size, std::vector<Digest> roots);

    friend bool operator==(const RightEdge&, const RightEdge&) = default;

  private:
    template <class Sink>
    void append_all(std::span<const Digest> leaves, const Sink& sink);

    std::uint64_t size_ = 0;
    std::vector<Digest> roots_;
};

}  // namespace certledger::store::tlog
