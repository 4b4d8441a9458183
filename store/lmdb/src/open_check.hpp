// Role: what an environment looks at in a file before LMDB does.
#pragma once

#include <certledger/store/lmdb/page_check.hpp>

namespace certledger::store::lmdb {

/// check_pages() for a file of at most `walk_up_to` octets, its meta pages alone for a larger one.
[[nodiscard]] Result<void> check_before_open(const std::filesystem::path& file, std::uint64_t walk_up_to);

}  // namespace certledger::store::lmdb
