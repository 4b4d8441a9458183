// Role: the folded states that decisions look at: the log as it was when the batch began, and on top of it
// what the batch has decided so far.
#pragma once

#include <certledger/domain/decide.hpp>
#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "state_cache.hpp"

namespace certledger::engine {

/// Thrown inside the engine where an interface leaves no room for an error; the session turns it into one.
struct Failed {
    Error error;
};

/// Bounds of what is kept between batches.
struct WorldLimits {
    std::size_t certificates = 16'384;
    std::size_t quotas = 4'096;
    std::size_t accounts = 4'096;
    std::size_t targets = 16'384;
};

/// Lifetime: the log and the zones outlive it. Threads: one. References to states stay good until the next
/// begin(), drop() or settle().
class LogWorld final : public domain::World {
  public:
    LogWorld(const store::EventStore& log, const policies::Zones& zones, WorldLimits limits = {});

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

    /// Begins a batch at the log's present end. Nothing may be pending.
    [[nodiscard]] Result<void> begin();
    /// The end of the log that every answer of this batch is about.
    [[nodiscard]] store::Head head() const noexcept { return head_; }
    /// Version of a stream, with what is pending; 0 when there is none. For rejection streams not known.
    [[nodiscard]] std::uint64_t version(const events::StreamId& stream) const;
    /// Adds an event of the batch. `at` is its occurred_at.
    void apply(const domain::Caused& caused, events::Instant at, const events::AccountId& account);
    /// What was pending now stands in the log at these positions, without gaps.
    void settle(store::Position first, store::Position last);
    /// Forgets what is pending.
    void drop();

    /// Notes that a decision of this batch depends on a key or stream.
    void note_read(std::string key) const { reads_.push_back(std::move(key)); }
    /// Everything that this batch depends on; nothing is left behind.
    [[nodiscard]] std::vector<std::string> take_reads() { return std::exchange(reads_, {}); }

  private:
    [[nodiscard]] StateCache<domain::CertificateState>::Entry& certificate_entry(std::string_view id) const;
    [[nodiscard]] StateCache<domain::QuotaState>::Entry& quota_entry(std::string_view id) const;
    [[nodiscard]] StateCache<policies::PolicyStream>::Entry& policies_entry(std::string_view stream) const;
    template <class State>
    [[nodiscard]] State fold(const events::StreamId& stream) const;
    template <class Entry>
    Entry& noted(Entry& entry, const events::StreamId& stream) const;
    [[nodiscard]] Result<void> catch_up(store::Position from, store::Position to);
    void see(const events::RecordView& record);
    template <class State>
    void see(StateCache<State>& cache, std::string_view id, const events::RecordView& record);
    void note_keys(const domain::Caused& caused, const events::AccountId& account);
    [[nodiscard]] std::optional<events::CertificateId> last_on_target(const std::string& key) const;
    void clear();

    const store::EventStore& log_;
    const policies::Zones& zones_;
    WorldLimits limits_;
    store::Head head_;
    bool caught_up_ = false;  ///< Whether everything up to head_ is in what is kept.
    std::uint64_t batch_ = 1;

    mutable StateCache<domain::CertificateState> certificates_;
    mutable StateCache<domain::QuotaState> quotas_;
    mutable StateCache<policies::PolicyStream> policies_;  ///< By stream.
    /// By key: the certificate last deployed there and not rolled back since, deleted or not.
    mutable std::unordered_map<std::string, std::optional<events::CertificateId>> targets_;
    std::unordered_set<std::string> pending_targets_;
    /// By key: certificates of this batch with the fingerprint.
    std::unordered_map<std::string, std::vector<events::CertificateId>> pending_fingerprints_;
    mutable std::vector<std::string> reads_;
};

}  // namespace certledger::engine
