#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/tiles.hpp>

#include "tile_check.hpp"

namespace certledger::store::tlog {
namespace {

std::uint64_t hashes_at(std::uint64_t size, unsigned level) { return size >> (8U * level); }

}  // namespace

std::size_t width_at(std::uint64_t size, unsigned level, std::uint64_t index) {
    if (level >= tile_levels) return 0;
    const std::uint64_t hashes = hashes_at(size, level);
    const std::uint64_t full = hashes / tile_width;
    if (index < full) return tile_width;
    return index == full ? static_cast<std::size_t>(hashes % tile_width) : 0;
}

Result<TileWriter> TileWriter::resume(std::uint64_t size, const TileSource& source) {
    TileWriter writer;
    writer.size_ = size;
    for (unsigned level = 0; level < tile_levels; ++level) {
        const std::uint64_t index = hashes_at(size, level) / tile_width;
        const std::size_t width = width_at(size, level, index);
        if (width == 0) continue;
        Result<Bytes> tile = source(level, index);
        if (!tile) return tl::make_unexpected(tile.error());
        if (auto fits = check_tile(*tile, level, index, width); !fits)
            return tl::make_unexpected(fits.error());
        tile->resize(width * sizeof(Digest));
        writer.partial_[level] = std::move(*tile);
    }
    return writer;
}

std::vector<Tile> TileWriter::append(RightEdge& edge, std::span<const Digest> leaves) {
    CERTLEDGER_CHECK(edge.size() == size_);
    std::vector<Tile> completed;
    edge.append(leaves, [&](unsigned height, std::uint64_t index, const Digest& hash) {
        if (height % 8 != 0) return;
        const unsigned level = height / 8;
        Bytes& tile = partial_[level];
        tile.insert(tile.end(), hash.begin(), hash.end());
        if (tile.size() < tile_bytes) return;
        completed.push_back(Tile{level, index / tile_width, std::move(tile)});
        tile.clear();
    });
    size_ = edge.size();
    return completed;
}

std::vector<Tile> TileWriter::changed_partial_tiles(std::uint64_t old_size) const {
    CERTLEDGER_CHECK(old_size <= size_);
    std::vector<Tile> tiles;
    for (unsigned level = 0; level < tile_levels; ++level) {
        const std::uint64_t hashes = hashes_at(size_, level);
        if (partial_[level].empty() || hashes == hashes_at(old_size, level)) continue;
        tiles.push_back(Tile{level, hashes / tile_width, partial_[level]});
    }
    return tiles;
}

}  // namespace certledger::store::tlog
