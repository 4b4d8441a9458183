// Role: the stored form of the tree's hashes: tiles of 256 hashes (C2SP tlog-tiles, height 8), and the writer
// that cuts a growing tree into them.
//
// Tile n of level l holds the roots of the complete subtrees of 256^l leaves number n*256 ... n*256 + 255. A
// partial tile holds fewer and is never hashed into the level above.
//
// Durability: none here; the caller stores tiles in a key-value database or in files.
// Threads: values, not synchronised.
#pragma once

#include <certledger/store/tlog/right_edge.hpp>
#include <string_view>

namespace certledger::store::tlog {

inline constexpr std::size_t tile_width = 256;
inline constexpr std::size_t tile_bytes = tile_width * sizeof(Digest);
/// Levels that a tree of up to 2^64 - 1 leaves can have.
inline constexpr unsigned tile_levels = 8;

struct Tile {
    unsigned level = 0;
    std::uint64_t index = 0;
    Bytes bytes;  ///< Concatenated hashes: 1 to 256 of them.

    [[nodiscard]] std::size_t width() const { return bytes.size() / sizeof(Digest); }
    [[nodiscard]] bool full() const { return width() == tile_width; }

    friend bool operator==(const Tile&, const Tile&) = default;
};

/// Hands out a stored tile: the concatenated hashes that are present, which may be more than the reader needs
/// and, for the newest tile, fewer than 256. Errors are passed through to whoever asked. `level` <
/// tile_levels.
using TileSource = std::function<Result<Bytes>(unsigned level, std::uint64_t index)>;

/// Number of hashes in tile (level, index) of a tree of `size` leaves: 0 (no such tile) to 256.
[[nodiscard]] std::size_t width_at(std::uint64_t size, unsigned level, std::uint64_t index);

/// Turns new leaves into tiles. Holds the partial tile of each level: 64 KiB at most.
class TileWriter {
  public:
    /// For the empty tree.
    TileWriter() = default;

    /// Goes on at a tree of `size` leaves; reads at most one partial tile a level from the source (a level
    /// whose last tile is full is not read). Damaged: a tile is missing hashes or is not made of whole
    /// hashes.
    [[nodiscard]] static Result<TileWriter> resume(std::uint64_t size, const TileSource& source);

    /// Moves the edge and the tiles forward together, hashing each node once, and returns the tiles that
    /// became full, children before parents. `edge.size()` must equal `size()`.
    [[nodiscard]] std::vector<Tile> append(RightEdge& edge, std::span<const Digest> leaves);

    /// Number of leaves.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// The partial tiles of the tree as it now is, lowest level first: what an export needs beside the full
    /// ones.
    [[nodiscard]] std::vector<Tile> partial_tiles() const { return changed_partial_tiles(0); }

    /// Those partial tiles that hold a hash which a tree of `old_size` leaves did not have: what an append
    /// has to store again. Level 0 changes with every append; a store that can hash the newest records again
    /// may leave it out. `old_size` <= `size()`.
    [[nodiscard]] std::vector<Tile> changed_partial_tiles(std::uint64_t old_size) const;

  private:
    std::uint64_t size_ = 0;
    std::array<Bytes, tile_levels> partial_;
};

}  // namespace certledger::store::tlog
