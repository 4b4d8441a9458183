// Role: proves that a log holds together: one pass over every record, the tree and the views.
#pragma once

#include <certledger/domain/policies/book.hpp>
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
    /// Streams that are followed at once, each for at most 140 octets of memory. Where there are more, the
    /// rest is followed in further passes over the log, which look at no more than whose the records are.
    std::size_t streams_in_memory = kStreamsInMemory;
    static constexpr std::size_t kStreamsInMemory = 1'835'008;
    /// States of certificates, quotas, policies and targets, of each kind, that are kept for the decisions to
    /// come; others are folded again when they are asked for.
    std::size_t states_in_memory = kStatesInMemory;
    static constexpr std::size_t kStatesInMemory = 65'536;
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
    std::uint64_t passes = 0;     ///< Over the records.
    std::uint64_t decisions = 0;  ///< Commands that were decided again.
    std::uint64_t view_rows = 0;
    events::Digest root{};  ///< Of the tree, computed from the records.
    std::int64_t milliseconds = 0;
    std::vector<std::string> checked;  ///< What was looked at, one clause each.

    /// In the order of positions, those of no one record last; at most kMostFindings.
    std::vector<Finding> findings;
    std::uint64_t bad_records = 0;   ///< Records with a finding.
    std::uint64_t other_faults = 0;  ///< Findings about no one record.

    static constexpr std::size_t kMostFindings = 100;
    [[nodiscard]] bool good() const noexcept { return bad_records == 0 && other_faults == 0; }
};

/// Reads every record, on all cores: envelope, checksum, that its octets are the one encoding of what they
/// say; ids of events and commands that stand once; positions and versions without gaps, pointers to the
/// previous event, recorded times that never run back; every event legal by the lifecycle machine; every
/// decision made again, in the world as it was then, where the events must be those that the rules give, all
/// of one command together: with it guards, shares of quotas, refunds; what a certificate or request in an
/// event says itself; the balance of quotas; the tree's root against the store's. What is found is in the
/// report; an error means that the verification itself could not go on. Memory has a ceiling that does not
/// hang on the length of the log (docs/OPERATIONS.md); temporary files take 16 octets a record and 16 a
/// command.
[[nodiscard]] Result<VerifyReport> verify_log(const store::EventStore& log, const policies::Zones& zones,
                                              const VerifyOptions& options = {});

/// The same for a ledger's log and then, where no record is bad, each view against its fold. Nothing may be
/// pending in the ledger.
[[nodiscard]] Result<VerifyReport> verify(engine::Ledger& ledger, const VerifyOptions& options = {});

}  // namespace certledger::audit
