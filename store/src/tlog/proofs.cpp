#include <bit>
#include <certledger/store/tlog/proofs.hpp>
#include <string>

namespace certledger::store::tlog {
namespace {

Result<void> bad(const char* what, std::uint64_t a, std::uint64_t b, const char* why) {
    return fail(ErrorKind::damaged,
                std::string(what) + " " + std::to_string(a) + ", size " + std::to_string(b) + ": " + why);
}

/// One step up; after a merge with a left neighbour also over the levels at which the node stands alone.
void climb(std::uint64_t& node, std::uint64_t& last, bool merged_left) {
    while (merged_left && node != 0 && (node & 1U) == 0) {
        node >>= 1U;
        last >>= 1U;
    }
    node >>= 1U;
    last >>= 1U;
}

}  // namespace

Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                              std::span<const Digest> path, const Digest& root) {
    constexpr const char* what = "inclusion proof for leaf";
    if (index >= size) return bad(what, index, size, "the index must be below the size");
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Digest hash = leaf;
    for (const Digest& sibling : path) {
        if (last == 0) return bad(what, index, size, "the path is too long");
        const bool left = (node & 1U) != 0 || node == last;
        hash = left ? node_hash(sibling, hash) : node_hash(hash, sibling);
        climb(node, last, left);
    }
    if (last != 0) return bad(what, index, size, "the path is too short");
    if (hash != root) return bad(what, index, size, "the path leads to another root");
    return {};
}

Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t size, const Digest& old_root,
                                const Digest& root, std::span<const Digest> path) {
    constexpr const char* what = "consistency proof from size";
    if (old_size > size) return bad(what, old_size, size, "the old size must not exceed the new");
    if (old_size == 0 && old_root != empty_root()) {
        return bad(what, old_size, size, "the old root is not that of the empty tree");
    }
    if (old_size == 0 || old_size == size) {
        if (!path.empty()) return bad(what, old_size, size, "the path must be empty");
        if (old_size == size && old_root != root) return bad(what, old_size, size, "the roots differ");
        return {};
    }
    // When the old tree is one complete subtree, its root stands for the first hash.
    const bool complete = std::has_single_bit(old_size);
    if (!complete && path.empty()) return bad(what, old_size, size, "the path is too short");
    const Digest& first = complete ? old_root : path.front();
    if (!complete) path = path.subspan(1);

    std::uint64_t node = old_size - 1;
    std::uint64_t last = size - 1;
    const int shared = std::countr_one(node);
    node >>= shared;
    last >>= shared;
    Digest old_hash = first;
    Digest new_hash = first;
    for (const Digest& sibling : path) {
        if (last == 0) return bad(what, old_size, size, "the path is too long");
        const bool left = (node & 1U) != 0 || node == last;
        if (left) old_hash = node_hash(sibling, old_hash);
        new_hash = left ? node_hash(sibling, new_hash) : node_hash(new_hash, sibling);
        climb(node, last, left);
    }
    if (last != 0) return bad(what, old_size, size, "the path is too short");
    if (old_hash != old_root) return bad(what, old_size, size, "the path leads to another old root");
    if (new_hash != root) return bad(what, old_size, size, "the path leads to another new root");
    return {};
}

}  // namespace certledger::store::tlog
