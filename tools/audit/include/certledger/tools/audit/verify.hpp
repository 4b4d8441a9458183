// Role: proves that a log holds together: one pass over every record, then the tree and the views.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace certledger::audit {

using OnProgress = std::function<void(std::uint64_t done, std::uint64_t whole)>;

struct VerifyOptions {
    /// Records before this one are only folded and hashed: the tree and the streams need them.
    store::Position from = 1;
    bool views = true;  ///< Compare the views with a fold.
    OnProgress progress;
};

/// Something that does not hold. Position 0: it is not about one record.
struct Finding {
    store::Position position = 0;
    std::string message;  ///< One sentence with field, value and rule.
};

struct VerifyReport {
    store::Position head = 0;
    std::uint64_t records = 0;  ///< That were checked.
    std::uint64_t octets = 0;
    std::uint64_t streams = 0;
    std::uint64_t view_rows = 0;
    events::Digest root{};  ///< Of the tree, computed from the records.
    std::int64_t milliseconds = 0;
    std::vector<std::string> checked;  ///< What was looked at, one clause each.

    /// In the order of positions, at most kMostFindings.
    std::vector<Finding> findings;
    std::uint64_t bad_records = 0;   ///< Records with a finding.
    std::uint64_t other_faults = 0;  ///< Findings about no one record.

    static constexpr std::size_t kMostFindings = 100;
    [[nodiscard]] bool good() const noexcept { return bad_records == 0 && other_faults == 0; }
};

/// Reads every record: envelope, checksum, that its octets are the one encoding of what they say; positions
/// and versions without gaps, pointers to the previous event, recorded times that never run back; every event
/// legal by the lifecycle machine; quota balances and shares; refund decisions made again from their inputs,
/// and these compared with the stream and the policy; the tree's root against the store's; each view against
/// its fold. What is found is in the report; an error means that the verification itself could not go on.
/// Memory grows with the number of streams, not of records. Nothing may be pending in the ledger.
[[nodiscard]] Result<VerifyReport> verify(engine::Ledger& ledger, const VerifyOptions& options = {});

}  // namespace certledger::audit
