// Role: the one check of what a tile source hands out; private to the tlog sources.
#pragma once

#include <certledger/store/tlog/tiles.hpp>

namespace certledger::store::tlog {

/// Damaged unless the tile is made of whole hashes, at least `needed` and at most 256 of them.
[[nodiscard]] inline Result<void> check_tile(std::span<const std::uint8_t> bytes, unsigned level,
                                             std::uint64_t index, std::size_t needed) {
    if (bytes.size() % sizeof(Digest) == 0 && bytes.size() <= tile_bytes &&
        bytes.size() / sizeof(Digest) >= needed) {
        return {};
    }
    return fail(ErrorKind::damaged, "tile " + std::to_string(level) + "/" + std::to_string(index) + ": " +
                                        std::to_string(bytes.size()) + " bytes, must be " +
                                        std::to_string(needed) + " to 256 hashes of 32 bytes");
}

}  // namespace certledger::store::tlog
