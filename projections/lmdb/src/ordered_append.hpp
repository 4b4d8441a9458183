// Role: fills tables with sorted entries, each page to its end.
#pragma once

#include "lmdb_rows.hpp"
#include "sorted_keys.hpp"

namespace certledger::projections::lmdb {

/// Groups of the sorted entries behind those of the index, whose group is the index's number.
enum Table : char { kCertificates = 'C', kDeleted = 'D', kIds = 'I', kOthers = 'O' };
static_assert(kCertificates > SortedKeys::kAccountGroups);

/// One transaction takes no more entries than this, and hardly more octets.
inline constexpr std::size_t kStepEntries = 20'000;
inline constexpr std::size_t kStepOctets = std::size_t{1} << 23U;

/// What is done in the transaction that fills the last page.
using LastStep = std::function<Result<void>(engine::WriteTransaction& transaction)>;

/// Appends every entry to its table, in transactions of bounded size. The tables hold nothing that is not
/// before all of it. No snapshot may be held.
[[nodiscard]] Result<void> append_in_order(engine::Environment& environment, const Generation& to,
                                           const std::vector<SortedKeys*>& all, const LastStep& last);

}  // namespace certledger::projections::lmdb
