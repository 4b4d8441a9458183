#include <algorithm>
#include <bit>
#include <certledger/store/tlog/tree_reader.hpp>
#include <map>
#include <optional>

#include "tile_check.hpp"

namespace certledger::store::tlog {
namespace {

/// Reads through to the source, each tile once.
class Reader {
  public:
    explicit Reader(const TileSource& source) : source_(source) {}

    /// The subtree must end at or below 2^64 - 1 leaves.
    Result<Digest> subtree(unsigned height, std::uint64_t index) {
        const unsigned level = height / 8;
        const unsigned inner = height % 8;
        const std::uint64_t first = index << inner;
        const std::size_t offset = static_cast<std::size_t>(first % tile_width);
        const std::size_t count = std::size_t{1} << inner;
        const Result<const Bytes*> tile = load(level, first / tile_width, offset + count);
        if (!tile) return tl::make_unexpected(tile.error());
        std::vector<Digest> row(count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto* hash = (*tile)->data() + (offset + i) * sizeof(Digest);
            std::copy(hash, hash + sizeof(Digest), row[i].begin());
        }
        for (; row.size() > 1; row.resize(row.size() / 2)) {
            for (std::size_t i = 0; i < row.size(); i += 2) row[i / 2] = node_hash(row[i], row[i + 1]);
        }
        return row.front();
    }

    /// Roots of the complete subtrees of the leaves [begin, end), left to right. `begin` is a multiple of the
    /// largest power of two that is not above end - begin.
    Result<std::vector<Digest>> subtrees(std::uint64_t begin, std::uint64_t end) {
        std::vector<Digest> roots;
        while (begin != end) {
            const std::uint64_t part = std::bit_floor(end - begin);
            const auto height = static_cast<unsigned>(std::countr_zero(part));
            Result<Digest> root = subtree(height, begin >> height);
            if (!root) return tl::make_unexpected(root.error());
            roots.push_back(*root);
            begin += part;
        }
        return roots;
    }

    Result<Digest> range(std::uint64_t begin, std::uint64_t end) {
        Result<std::vector<Digest>> roots = subtrees(begin, end);
        if (!roots) return tl::make_unexpected(roots.error());
        if (roots->empty()) return empty_root();
        Digest hash = roots->back();
        for (std::size_t i = roots->size() - 1; i-- > 0;) hash = node_hash((*roots)[i], hash);
        return hash;
    }

  private:
    Result<const Bytes*> load(unsigned level, std::uint64_t index, std::size_t needed) {
        auto found = tiles_.find({level, index});
        if (found == tiles_.end()) {
            Result<Bytes> tile = source_(level, index);
            if (!tile) return tl::make_unexpected(tile.error());
            found = tiles_.emplace(std::pair(level, index), std::move(*tile)).first;
        }
        if (auto fits = check_tile(found->second, level, index, needed); !fits) {
            return tl::make_unexpected(fits.error());
        }
        return &found->second;
    }

    const TileSource& source_;
    std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles_;
};

/// Where the RFC splits a range of at least two leaves: the largest power of two below its length.
std::uint64_t split(std::uint64_t length) { return std::bit_floor(length - 1); }

/// Collects a proof from the root down; the RFC lists it from the leaf up.
class ProofBuilder {
  public:
    explicit ProofBuilder(const TileSource& source) : reader_(source) {}

    [[nodiscard]] bool add(std::uint64_t begin, std::uint64_t end) {
        Result<Digest> hash = reader_.range(begin, end);
        if (hash) {
            path_.push_back(*hash);
        } else {
            error_ = hash.error();
        }
        return hash.has_value();
    }

    [[nodiscard]] Result<std::vector<Digest>> finish() {
        if (error_) return tl::make_unexpected(*error_);
        std::reverse(path_.begin(), path_.end());
        return std::move(path_);
    }

  private:
    Reader reader_;
    std::vector<Digest> path_;
    std::optional<Error> error_;
};

}  // namespace

Result<Digest> subtree_hash(unsigned height, std::uint64_t index, const TileSource& source) {
    if (height >= 64 || index > (~std::uint64_t{0} >> height) - 1) {
        return fail(ErrorKind::invalid_input, "subtree of height " + std::to_string(height) + " and index " +
                                                  std::to_string(index) + ": ends beyond 2^64 - 1 leaves");
    }
    return Reader(source).subtree(height, index);
}

Result<Digest> root_at(std::uint64_t size, const TileSource& source) { return Reader(source).range(0, size); }

Result<RightEdge> right_edge_at(std::uint64_t size, const TileSource& source) {
    Result<std::vector<Digest>> roots = Reader(source).subtrees(0, size);
    if (!roots) return tl::make_unexpected(roots.error());
    return RightEdge::from_subtree_roots(size, std::move(*roots));
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const TileSource& source) {
    if (index >= size) {
        return fail(ErrorKind::invalid_input, "inclusion proof: index " + std::to_string(index) +
                                                  " must be below the size " + std::to_string(size));
    }
    ProofBuilder proof(source);
    std::uint64_t begin = 0;
    std::uint64_t end = size;
    while (end - begin > 1) {
        const std::uint64_t middle = begin + split(end - begin);
        const bool left = index < middle;
        if (!(left ? proof.add(middle, end) : proof.add(begin, middle))) break;
        (left ? end : begin) = middle;
    }
    return proof.finish();
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                              const TileSource& source) {
    if (old_size > size) {
        return fail(ErrorKind::invalid_input, "consistency proof: old size " + std::to_string(old_size) +
                                                  " must not exceed the size " + std::to_string(size));
    }
    if (old_size == 0 || old_size == size) return std::vector<Digest>();
    ProofBuilder proof(source);
    std::uint64_t begin = 0;
    std::uint64_t end = size;
    while (end != old_size) {
        const std::uint64_t middle = begin + split(end - begin);
        const bool left = old_size <= middle;
        if (!(left ? proof.add(middle, end) : proof.add(begin, middle))) return proof.finish();
        (left ? end : begin) = middle;
    }
    // A subtree that begins with the first leaf is the old tree itself; its root is known to the verifier.
    if (begin != 0 && !proof.add(begin, end)) return proof.finish();
    return proof.finish();
}

}  // namespace certledger::store::tlog
