#include <algorithm>
#include <bit>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <limits>

namespace certledger::store::tlog {

/// Level by level, so that many nodes are hashed at once.
template <class Sink>
void RightEdge::append_all(std::span<const Digest> leaves, const Sink& sink) {
    CERTLEDGER_CHECK(leaves.size() <= std::numeric_limits<std::uint64_t>::max() - size_);
    // One place in front of the new nodes of a level, for the node that waits there for its right neighbour.
    std::vector<Digest> row(leaves.size() + 1);
    std::copy(leaves.begin(), leaves.end(), row.begin() + 1);
    std::vector<Digest> alone;  // Of each level the last node, when it is a left one; lowest level first.
    std::size_t count = leaves.size();
    for (unsigned height = 0; count > 0; ++height) {
        const std::uint64_t first = size_ >> height;
        for (std::size_t i = 0; i < count; ++i) sink(height, first + i, row[i + 1]);
        std::span<Digest> nodes = std::span(row).subspan(1, count);
        if ((first & 1U) != 0) {
            row.front() = roots_.back();
            roots_.pop_back();
            nodes = std::span(row).first(count + 1);
        }
        if (nodes.size() % 2 != 0) alone.push_back(nodes.back());
        count = nodes.size() / 2;
        // Parents go where their children begin, and then to where the next level's stand.
        node_hashes(nodes.first(2 * count), nodes.first(count));
        if (nodes.data() == row.data())
            std::copy_backward(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(count),
                               row.begin() + static_cast<std::ptrdiff_t>(count) + 1);
    }
    roots_.insert(roots_.end(), alone.rbegin(), alone.rend());
    size_ += leaves.size();
}

void RightEdge::append(const Digest& leaf) { append(std::span<const Digest>(&leaf, 1)); }

void RightEdge::append(std::span<const Digest> leaves) {
    append_all(leaves, [](unsigned, std::uint64_t, const Digest&) {});
}

void RightEdge::append(std::span<const Digest> leaves, const NodeSink& sink) { append_all(leaves, sink); }

Digest RightEdge::root() const {
    if (roots_.empty()) return empty_root();
    Digest node = roots_.back();
    for (std::size_t i = roots_.size() - 1; i-- > 0;) node = node_hash(roots_[i], node);
    return node;
}

Bytes RightEdge::serialise() const {
    Bytes out;
    out.reserve(8 + roots_.size() * sizeof(Digest));
    for (unsigned shift = 64; shift != 0;) {
        shift -= 8;
        out.push_back(static_cast<std::uint8_t>(size_ >> shift));
    }
    for (const Digest& root : roots_) out.insert(out.end(), root.begin(), root.end());
    return out;
}

Result<RightEdge> RightEdge::parse(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 8) {
        return fail(ErrorKind::damaged,
                    "right edge: " + std::to_string(bytes.size()) + " bytes, must be at least 8");
    }
    std::uint64_t size = 0;
    for (const std::uint8_t byte : bytes.first(8)) size = (size << 8U) | byte;
    bytes = bytes.subspan(8);
    if (bytes.size() % sizeof(Digest) != 0) {
        return fail(ErrorKind::damaged, "right edge: the roots take " + std::to_string(bytes.size()) +
                                            " bytes, must be whole hashes of 32");
    }
    std::vector<Digest> roots(bytes.size() / sizeof(Digest));
    for (Digest& root : roots) {
        std::copy_n(bytes.begin(), sizeof(Digest), root.begin());
        bytes = bytes.subspan(sizeof(Digest));
    }
    return from_subtree_roots(size, std::move(roots));
}

Result<RightEdge> RightEdge::from_subtree_roots(std::uint64_t size, std::vector<Digest> roots) {
    const auto needed = static_cast<std::size_t>(std::popcount(size));
    if (roots.size() != needed) {
        return fail(ErrorKind::damaged, "right edge: " + std::to_string(roots.size()) +
                                            " subtree roots, a tree of " + std::to_string(size) +
                                            " leaves has " + std::to_string(needed));
    }
    RightEdge edge;
    edge.size_ = size;
    edge.roots_ = std::move(roots);
    return edge;
}

}  // namespace certledger::store::tlog
