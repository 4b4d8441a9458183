// Role: a ledger in memory for tests of the rules: the states that evolve() folds out of the events that
// decide() caused, and the log of those events. It stands where the engine and its store stand in the
// program.
//
// Regular value: a copy is another course of the same history. Not thread-safe.
#pragma once

#include <certledger/domain/decide.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace certledger::testing {

/// An accepted event and where it stands.
struct Logged {
    events::StreamId stream;
    events::AccountId account;
    events::Instant at;
    events::Event event;
};

/// What became of a command.
struct Outcome {
    std::vector<domain::Caused> events;      ///< Empty when it was refused.
    std::optional<domain::Refusal> refusal;  ///< Empty when it was accepted.
    bool form = false;  ///< The refusal is a shape_fault, made without looking at any state.
};

class TestWorld final : public domain::World {
  public:
    /// A ledger with the default policies, adopted in 1970.
    TestWorld();
    TestWorld(const TestWorld& other);
    TestWorld& operator=(const TestWorld&) = delete;

    /// Checks and decides in the order of the engine, and folds what was decided. What a front makes for an
    /// accepted command (key, sealed data) is filled in here.
    Outcome run(const domain::CommandHeader& header, const domain::Command& command, domain::Facts facts);

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

    [[nodiscard]] const std::map<events::CertificateId, domain::CertificateState>& certificates() const {
        return certificates_;
    }
    [[nodiscard]] const std::map<events::QuotaId, domain::QuotaState>& quotas() const { return quotas_; }
    [[nodiscard]] const std::vector<std::shared_ptr<const Logged>>& log() const { return log_; }

    /// Takes an event into the fold; used by run() and by tests that replay a log.
    void take(std::shared_ptr<const Logged> logged);

  private:
    using OfAccount = std::pair<std::string, std::string>;  // account, target or fingerprint

    std::map<events::CertificateId, domain::CertificateState> certificates_;
    std::map<events::QuotaId, domain::QuotaState> quotas_;
    std::map<events::StreamId, policies::PolicyStream> policies_;
    std::map<OfAccount, events::CertificateId> fingerprints_;
    std::map<OfAccount, events::CertificateId> targets_;
    std::vector<std::shared_ptr<const Logged>> log_;
    policies::UtcZones zones_;
};

}  // namespace certledger::testing
