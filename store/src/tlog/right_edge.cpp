#include <algorithm>
#include <bit>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <limits>

namespace certledger::store::tlog {

template <class Sink>
void RightEdge::append_one(const Digest& leaf, const Sink& sink) {
    CERTLEDGER_CHECK(size_ != std::numeric_limits<std::uint64_t>::max());
    Digest node = leaf;
    unsigned height = 0;
    sink(height, size_, node);
    // Every trailing one bit of the size is a complete subtree that the new one completes to a pair.
    for (std::uint64_t rest = size_; (rest & 1U) != 0; rest >>= 1U) {
        node = node_hash(roots_.back(), node);
        roots_.pop_back();
        ++height;
        sink(height, rest >> 1U, node);
    }
    roots_.push_back(node);
    ++size_;
}

void RightEdge::append(const Digest& leaf) { append(std::span<const Digest>(&leaf, 1)); }

void RightEdge::append(std::span<const Digest> leaves) {
    for (const Digest& leaf : leaves) append_one(leaf, [](unsigned, std::uint64_t, const Digest&) {});
}

void RightEdge::append(std::span<const Digest> leaves, const NodeSink& sink) {
    for (const Digest& leaf : leaves) append_one(leaf, sink);
}

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
