// Role: who watches that the log of a ledger is never put back to an older state, and vouches for it when the
// ledger closes (rulings 39). The engine asks; what stands behind it signs and compares checkpoints.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>

namespace certledger::engine {

/// Threads: used by one ledger's thread only. Lifetime: owned by the ledger, ends before its store.
class LogKeeper {
  public:
    LogKeeper() = default;
    LogKeeper(const LogKeeper&) = delete;
    LogKeeper& operator=(const LogKeeper&) = delete;
    virtual ~LogKeeper() = default;

    /// Asked once, before the first append. ErrorKind::damaged: the log is behind a checkpoint that was given
    /// out; nothing is written then.
    [[nodiscard]] virtual Result<void> admit_writes(const store::EventStore& log) = 0;

    /// Told when a ledger that wrote is closed: leaves a checkpoint over the whole log.
    [[nodiscard]] virtual Result<void> leave_checkpoint(const store::EventStore& log) = 0;
};

}  // namespace certledger::engine
