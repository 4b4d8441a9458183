// Role: deals out the accounts of a log into ranges, of which each is gathered and folded before the next.
#pragma once

#include "bulk_fold.hpp"
#include "weighing.hpp"

namespace certledger::projections {

/// Accounts one after the other.
struct Range {
    std::uint32_t begin = 0;  ///< The first account.
    std::uint32_t end = 0;    ///< The one behind the last.

    [[nodiscard]] bool holds(std::uint32_t account) const { return begin <= account && account < end; }
    friend bool operator==(const Range&, const Range&) = default;
};

/// What the accounts of the range have in the log.
[[nodiscard]] Weight weight_of(const std::vector<Weight>& accounts, Range range);

/// Cuts a range into such of no more octets, where an account has no more by itself.
[[nodiscard]] std::vector<Range> cut(const std::vector<Weight>& accounts, Range whole, std::uint64_t octets);

/// All accounts in ranges of at most `options.gather` octets, where an account has no more by itself. Those
/// of a log that is cached are smaller, as long as no account keeps one thread while the others have nothing
/// to do.
[[nodiscard]] std::vector<Range> ranges_of(const std::vector<Weight>& accounts, const BulkOptions& options);

}  // namespace certledger::projections
