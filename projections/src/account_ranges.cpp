#include "account_ranges.hpp"

#include <algorithm>
#include <numeric>

namespace certledger::projections {

namespace {

/// A range is of so many parts a thread, so that the last of them keeps the others waiting for a short time.
constexpr std::uint64_t kPartsALane = 8;
/// A log is scanned about so often at most.
constexpr std::uint64_t kMostScans = 16;

/// Whether one account takes longer than its share of the threads' time.
bool uneven(const std::vector<Weight>& accounts, Range range, std::size_t lanes) {
    std::uint64_t largest = 0;
    for (auto account = range.begin; account < range.end; ++account)
        largest = std::max(largest, accounts[account].octets);
    return largest * lanes > weight_of(accounts, range).octets;
}

/// Puts uneven ranges together with those before, up to so many octets.
std::vector<Range> level(const std::vector<Weight>& accounts, const std::vector<Range>& ranges,
                         std::size_t lanes, std::uint64_t octets) {
    std::vector<Range> levelled;
    for (Range range : ranges) {
        while (!levelled.empty() &&
               (uneven(accounts, range, lanes) || uneven(accounts, levelled.back(), lanes))) {
            const Range both{levelled.back().begin, range.end};
            if (weight_of(accounts, both).octets > octets) break;
            range = both;
            levelled.pop_back();
        }
        levelled.push_back(range);
    }
    return levelled;
}

}  // namespace

Weight weight_of(const std::vector<Weight>& accounts, Range range) {
    return std::accumulate(accounts.begin() + range.begin, accounts.begin() + range.end, Weight{},
                           [](const Weight& sum, const Weight& account) {
                               return Weight{sum.records + account.records, sum.octets + account.octets};
                           });
}

std::vector<Range> cut(const std::vector<Weight>& accounts, Range whole, std::uint64_t octets) {
    std::vector<Range> ranges;
    std::uint64_t held = 0;
    for (auto account = whole.begin; account < whole.end; ++account) {
        held += accounts[account].octets;
        if (ranges.empty() || held > octets) {
            ranges.push_back({account, account});
            held = accounts[account].octets;
        }
        ranges.back().end = account + 1;
    }
    return ranges;
}

std::vector<Range> ranges_of(const std::vector<Weight>& accounts, const BulkOptions& options) {
    const Range all{0, static_cast<std::uint32_t>(accounts.size())};
    const std::uint64_t log = weight_of(accounts, all).octets;
    if (log > options.cached) return cut(accounts, all, options.gather);
    const auto few = std::max(options.part * kPartsALane * options.lanes, log / kMostScans);
    return level(accounts, cut(accounts, all, std::min(few, options.gather)), options.lanes, options.gather);
}

}  // namespace certledger::projections
