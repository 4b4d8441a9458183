// Role: what the transparency log's tests share: a tree built straight from RFC 6962's definition, leaves,
// tiles kept in memory, fixed keys.
#pragma once

#include <certledger/store/tlog/checkpoint.hpp>
#include <certledger/store/tlog/tiles.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

namespace tlog_test {

using namespace certledger;
using namespace certledger::store::tlog;

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

inline std::string vector_path(const std::string& name) {
    return std::string(CERTLEDGER_TEST_DIR) + "/vectors/" + name;
}

inline Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

inline Bytes record_of(std::uint64_t i) { return bytes_of("record number " + std::to_string(i)); }

inline std::vector<Digest> leaves_of(std::uint64_t count) {
    std::vector<Digest> leaves;
    for (std::uint64_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(record_of(i)));
    return leaves;
}

/// RFC 6962 section 2.1, word for word: slow, and sharing nothing with the code under test but the two
/// hashes.
inline Digest tree_head(std::span<const Digest> leaves) {
    if (leaves.empty()) return sha256(std::string_view());
    if (leaves.size() == 1) return leaves.front();
    std::size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    return node_hash(tree_head(leaves.first(k)), tree_head(leaves.subspan(k)));
}

/// A tree with its tiles in a map, as a key-value database would keep them.
struct MemoryTree {
    RightEdge edge;
    TileWriter writer;
    std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles;
    mutable std::size_t reads = 0;

    void append(std::span<const Digest> leaves) {
        const std::uint64_t before = edge.size();
        for (Tile& tile : writer.append(edge, leaves))
            tiles[{tile.level, tile.index}] = std::move(tile.bytes);
        for (Tile& tile : writer.changed_partial_tiles(before)) {
            tiles[{tile.level, tile.index}] = std::move(tile.bytes);
        }
    }

    [[nodiscard]] TileSource source() const {
        return [this](unsigned level, std::uint64_t index) -> Result<Bytes> {
            ++reads;
            const auto found = tiles.find({level, index});
            if (found == tiles.end()) return fail(ErrorKind::not_found, "no such tile");
            return found->second;
        };
    }
};

inline Signer make_signer(const std::string& name, KeyType type, std::uint8_t fill) {
    const Bytes seed(32, fill);
    return Signer::from_seed(name, type, seed).value();
}

}  // namespace tlog_test
