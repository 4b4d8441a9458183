// Role: the tree's hashes behind the position that the index has reached, in the layout of tiles. Level 0,
// the hashes of the records, is kept nowhere: it is made again from the records when a proof needs it.
#pragma once

#include <array>
#include <certledger/store/tlog/tiles.hpp>

namespace certledger::store::lmdb {

/// Holds, of the tree of size() leaves, the hashes of levels 1 and up that the tree of begin() leaves does
/// not have. Threads: not synchronised. Memory: an eighth of an octet a leaf.
class TailTree {
  public:
    /// What leaves would add: each node is hashed once, before it is known whether they get into the log.
    struct Growth {
        tlog::RightEdge edge;
        std::vector<std::pair<unsigned, events::Digest>> nodes;  ///< Level and hash, in order.
    };

    TailTree() = default;
    explicit TailTree(tlog::RightEdge begin) : begin_(begin.size()), edge_(std::move(begin)) {}

    [[nodiscard]] std::uint64_t begin() const { return begin_; }
    [[nodiscard]] std::uint64_t size() const { return edge_.size(); }
    [[nodiscard]] const tlog::RightEdge& edge() const { return edge_; }

    [[nodiscard]] Growth grown_by(std::span<const events::Digest> leaves) const;
    void take(Growth growth);

    /// Number of the first hash of the level that is held here. `level` from 1.
    [[nodiscard]] std::uint64_t first(unsigned level) const { return begin_ >> (8U * level); }
    [[nodiscard]] const std::vector<events::Digest>& hashes(unsigned level) const { return levels_[level]; }

  private:
    std::uint64_t begin_ = 0;
    tlog::RightEdge edge_;
    std::array<std::vector<events::Digest>, tlog::tile_levels> levels_;
};

}  // namespace certledger::store::lmdb
