// Role: the world that decisions are made again in: what the records before a position give.
#pragma once

#include <certledger/domain/decide.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "lately_used.hpp"
#include "maybe_seen.hpp"

namespace certledger::audit {

/// Thrown where the records that a state needs do not read: what hangs on it cannot be decided again.
struct UnknownState {};

/// Told each record once, in order. What was not met for long is folded again from the log when it is needed,
/// so that memory does not grow with the number of certificates, quotas, targets or accounts. Not
/// thread-safe. References to states hold until the next take().
class AuditWorld final : public domain::World {
  public:
    /// Keeps at most so many of each kind of state.
    AuditWorld(const store::EventStore& log, const policies::Zones& zones, std::size_t most)
        : log_(log), zones_(zones), most_(most), fingerprints_(log.head().position) {}

    /// Folds the record into what is known. Says why when the balance of a quota, which came out before it,
    /// does not come out any more.
    [[nodiscard]] std::optional<std::string> take(const events::RecordView& record,
                                                  const events::Event& event);
    /// The record at this position did not read: nobody knows what its stream has become.
    void lose(store::Position position);

    [[nodiscard]] const domain::CertificateState& certificate(const events::CertificateId& id) const override;
    [[nodiscard]] const domain::QuotaState& quota(const events::QuotaId& id) const override;
    [[nodiscard]] const policies::PolicyStream& ledger_policies() const override;
    [[nodiscard]] const policies::PolicyStream& account_policies(
        const events::AccountId& account) const override;
    [[nodiscard]] std::optional<events::CertificateId> fingerprint_holder(
        const events::AccountId& account, const events::Digest& sha256) const override;
    [[nodiscard]] std::optional<events::CertificateId> target_holder(
        const events::AccountId& account, const std::string& target) const override;
    [[nodiscard]] const policies::Zones& zones() const override { return zones_; }

  private:
    /// With the number of units that are free, which is counted along.
    struct Quota {
        domain::QuotaState state;
        std::int64_t free = 0;
        [[nodiscard]] bool balanced() const { return free == state.free_units(); }
    };
    using Target = std::optional<events::CertificateId>;

    [[nodiscard]] domain::CertificateState& kept_certificate(const std::string& id) const;
    [[nodiscard]] Quota& kept_quota(const std::string& id) const;
    [[nodiscard]] policies::PolicyStream& kept_policies(const std::string& stream) const;
    [[nodiscard]] Target& kept_target(const std::string& key) const;
    template <class Take>
    void fold_stream(const std::string& stream, const Take& take) const;
    [[nodiscard]] Target fold_target(const std::string& key) const;
    static void evolve(Quota& quota, const events::RecordView& record, const events::Event& event);
    void note_keys(const events::RecordView& record, const events::Event& event, const std::string& id);
    void trim();

    const store::EventStore& log_;
    const policies::Zones& zones_;
    std::size_t most_;
    store::Position position_ = 0;  ///< Of the last record taken.
    bool lost_ = false;             ///< A record did not read: what is not kept is not known any more.
    mutable LatelyUsed<domain::CertificateState> certificates_;
    mutable LatelyUsed<Quota> quotas_;
    mutable LatelyUsed<policies::PolicyStream> policies_;
    mutable LatelyUsed<Target> targets_;
    MaybeSeen fingerprints_;  ///< Which certificates bear one is asked only then.
};

}  // namespace certledger::audit
