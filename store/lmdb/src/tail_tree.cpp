#include "tail_tree.hpp"

namespace certledger::store::lmdb {

void TailTree::append(std::span<const events::Digest> leaves) {
    edge_.append(leaves, [this](unsigned height, std::uint64_t, const events::Digest& hash) {
        if (height != 0 && height % 8 == 0) levels_[height / 8].push_back(hash);
    });
}

}  // namespace certledger::store::lmdb
