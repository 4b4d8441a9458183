#include "tail_tree.hpp"

namespace certledger::store::lmdb {

TailTree::Growth TailTree::grown_by(std::span<const events::Digest> leaves) const {
    Growth growth{edge_, {}};
    growth.edge.append(leaves, [&](unsigned height, std::uint64_t, const events::Digest& hash) {
        if (height != 0 && height % 8 == 0) growth.nodes.emplace_back(height / 8, hash);
    });
    return growth;
}

void TailTree::take(Growth growth) {
    edge_ = std::move(growth.edge);
    for (const auto& [level, hash] : growth.nodes) levels_[level].push_back(hash);
}

}  // namespace certledger::store::lmdb
