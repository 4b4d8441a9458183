// Role: evidence as the engine asks for it: no write to a log that is behind its checkpoint, and a checkpoint
// over the whole log when a ledger that wrote is closed.
#pragma once

#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/engine/log_keeper.hpp>
#include <certledger/tools/evidence/evidence.hpp>
#include <memory>

namespace certledger::evidence {

struct KeeperOptions {
    /// Sign also whenever at least so many records have come since the newest checkpoint; 0: only at the
    /// close.
    std::uint64_t every = 0;
};

/// Durability and threads: as Evidence and LogKeeper.
class EvidenceKeeper final : public engine::LogKeeper {
  public:
    /// `parts.log` is not used: the engine names the log.
    EvidenceKeeper(EvidenceParts parts, KeeperOptions options)
        : parts_(std::move(parts)), options_(options) {}

    [[nodiscard]] Result<void> admit_writes(const store::EventStore& log) override;

    /// Nothing is signed for imported records that have no origin of their own yet.
    [[nodiscard]] Result<void> leave_checkpoint(const store::EventStore& log) override;

    /// To be told after each commit: signs when KeeperOptions::every says so.
    [[nodiscard]] Result<void> committed(const store::EventStore& log);

  private:
    [[nodiscard]] Evidence evidence_of(const store::EventStore& log) const;

    EvidenceParts parts_;
    KeeperOptions options_;
    std::uint64_t signed_size_ = 0;
    bool signed_known_ = false;
};

/// The evidence of an open ledger that is kept in a folder. The ledger stays where it is while the result is
/// in use.
[[nodiscard]] EvidenceParts parts_of(engine::Ledger& ledger);

/// What Ledger::keep_with() takes. The ledger stays where it is from then on.
[[nodiscard]] std::unique_ptr<engine::LogKeeper> make_keeper(engine::Ledger& ledger,
                                                             KeeperOptions options = {});

}  // namespace certledger::evidence
