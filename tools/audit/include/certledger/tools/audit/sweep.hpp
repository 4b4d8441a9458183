// Role: the fast pass over a log: what can be told of every record from where it lies, on all cores. It sees
// a changed octet, a missing or misplaced record, a stream whose versions have a gap, an event that the
// lifecycle machine forbids, and gives the tree's root. What needs an event's meaning (rules, refunds,
// balances, views) is verify()'s.
#pragma once

#include <array>
#include <certledger/events/enums.hpp>
#include <certledger/events/money.hpp>
#include <certledger/store/event_store.hpp>
#include <map>

namespace certledger::audit {

struct SweepOptions {
    unsigned threads = 0;   ///< 0: one a core.
    bool checksums = true;  ///< Compare each record's CRC-32C.
    bool leaves = true;     ///< Hash each record and compute the tree's root.
    /// Called now and then, from one of its threads.
    std::function<void(std::uint64_t done, std::uint64_t whole)> progress;
};

struct SweepReport {
    store::Position head = 0;
    std::uint64_t octets = 0;
    std::uint64_t streams = 0;
    std::map<events::Status, std::uint64_t> certificates;  ///< By status now; deleted ones too.
    std::map<std::string, std::int64_t> paid;              ///< Minor units by currency, of certificates.
    std::map<std::string, std::int64_t> refunded;          ///< Granted, of certificates.
    std::optional<events::Digest> root;                    ///< With `leaves`.
    std::uint64_t bad_records = 0;
    std::optional<std::pair<store::Position, std::string>> first_fault;
    std::int64_t milliseconds = 0;

    [[nodiscard]] bool good() const noexcept { return bad_records == 0; }
};

/// Memory: some 60 octets a stream. Errors: those of EventStore::read_batches, when the log cannot be read
/// on. The head is that of the moment of the call.
[[nodiscard]] Result<SweepReport> sweep(const store::EventStore& log, const SweepOptions& options = {});

}  // namespace certledger::audit
