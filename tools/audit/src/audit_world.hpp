// Role: the world that decisions are made again in: what the records before a position give.
#pragma once

#include <certledger/domain/decide.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace certledger::audit {

/// Thrown where the records that a state needs do not read: what hangs on it cannot be decided again.
struct UnknownState {};

/// Told each record once, in order. Certificates that were not met for long are folded again from the log
/// when they are needed, so that memory does not grow with their number; quotas, targets and accounts are
/// kept. Not thread-safe. References to states hold until the next take().
class AuditWorld final : public domain::World {
  public:
    static constexpr std::size_t kMostCertificates = 65'536;

    AuditWorld(const store::EventStore& log, const policies::Zones& zones,
               std::size_t most = kMostCertificates)
        : log_(log), zones_(zones), most_(most) {}

    /// Folds the record into what is known.
    void take(const events::RecordView& record, const events::Event& event);
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

    /// Quotas whose balance does not come out: stream and why.
    void each_unbalanced(const std::function<void(const std::string& stream, std::string why)>& told) const;

  private:
    struct Kept {
        domain::CertificateState state;
        std::list<std::string>::iterator place;
    };
    Kept& kept(const std::string& id) const;
    [[nodiscard]] domain::CertificateState fold(const std::string& id) const;
    void note_keys(const events::RecordView& record, const events::Event& event, const std::string& id);
    void trim();

    const store::EventStore& log_;
    const policies::Zones& zones_;
    std::size_t most_;
    store::Position position_ = 0;  ///< Of the last record taken.
    bool lost_ = false;             ///< A record did not read: what is not kept is not known any more.
    mutable std::unordered_map<std::string, Kept> certificates_;
    mutable std::list<std::string> by_use_;  ///< The latest first.
    std::unordered_map<std::string, domain::QuotaState> quotas_;
    mutable std::unordered_map<std::string, policies::PolicyStream> policies_;
    std::unordered_map<std::string, std::optional<events::CertificateId>> targets_;
    std::unordered_set<std::size_t> fingerprints_;  ///< Hashes: which certificates is asked only then.
};

}  // namespace certledger::audit
