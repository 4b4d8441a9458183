// Role: the state of a stream: what a fold over its events gives, and the fold itself.
//
// evolve() is total: an event that the machine would not allow changes nothing and marks the state as broken,
// so that a damaged log is a finding and never a crash. Regular values; no thread-safety of their own.
#pragma once

#include <certledger/events/events.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace certledger::domain {

using events::Instant;
using events::Status;

/// What the events of a stream have in common.
struct StreamFacts {
    std::uint64_t version = 0;  ///< 0: there is no stream.
    events::AccountId account;
    Instant first_at;  ///< occurred_at of the first event.

    [[nodiscard]] bool exists() const noexcept { return version > 0; }
};

/// The last recorded outcome of validating a name.
struct NameValidation {
    bool succeeded = false;
    Instant at;
};

/// What happened between a certificate and one target.
struct DeploymentState {
    bool start_open = false;  ///< Announced, with no outcome yet.
    bool deployed = false;    ///< The last outcome was success: it may still be rolled back.
    bool ever_deployed = false;
};

enum class RefundState { none, granted, declined, paid };
enum class RevocationState { none, requested, confirmed };

/// The application in force; reset by the next submission.
struct Application {
    events::ValidationMethod validation = events::ValidationMethod::dns_auto;
    events::Digest key_sha256{};
    std::optional<Instant> mail_confirmed_at;
    std::optional<Instant> organization_verified_at;
};

struct CertificateState {
    StreamFacts stream;
    std::optional<Status> status;  ///< Empty before the first event.
    bool broken = false;           ///< An event followed that the machine forbids.

    bool uploaded = false;
    bool key_held = false;
    std::optional<events::Product> product;  ///< Absent for uploads.
    std::vector<events::DomainName> names;
    std::optional<events::QuotaId> quota;
    std::int64_t unit = 0;
    events::Money payment;
    Instant paid_at;
    Instant term_end;
    bool paid_by_term = false;
    std::optional<events::CertificateId> predecessor;
    std::optional<events::CertificateId> successor;

    std::optional<Application> application;
    std::map<std::string, NameValidation> validations;  ///< By A-label; lives on through resubmission.

    std::optional<Instant> issued_at;
    Instant not_before;
    Instant not_after;
    events::Digest sha256{};
    events::Digest key_sha256{};

    bool hosted = false;
    RevocationState revocation = RevocationState::none;
    events::RevocationReason revocation_reason = events::RevocationReason::unspecified;
    RefundState refund = RefundState::none;
    events::Money refund_amount;
    std::map<std::string, DeploymentState> deployments;  ///< By target.
    bool renewal_due_noted = false;
    std::vector<std::int64_t> notices;  ///< Days of the notices that were made.

    [[nodiscard]] bool exists() const noexcept { return stream.exists(); }
    [[nodiscard]] bool deleted() const noexcept { return status == Status::deleted; }
    [[nodiscard]] bool is(Status wanted) const noexcept { return status == wanted; }
    /// Whether a refund was granted, paid or not.
    [[nodiscard]] bool refunded() const noexcept {
        return refund == RefundState::granted || refund == RefundState::paid;
    }
    [[nodiscard]] bool revocation_open() const noexcept { return revocation != RevocationState::none; }
};

/// A quota; free units are kept as runs, so that a quota of any count takes little room.
struct QuotaState {
    StreamFacts stream;
    events::Product product;
    std::int64_t count = 0;
    events::Money price;
    Instant purchased_at;
    std::map<std::int64_t, std::int64_t> free;  ///< First unit of each run of free ones to its last.
    std::int64_t consumed = 0;
    std::int64_t returned = 0;
    std::int64_t refunded = 0;
    bool broken = false;

    [[nodiscard]] bool exists() const noexcept { return stream.exists(); }
    [[nodiscard]] std::int64_t free_units() const noexcept { return count - consumed + returned - refunded; }
};

/// Folds one event of a certificate's stream into its state.
void evolve(CertificateState& state, const events::Event& event, Instant occurred_at,
            const events::AccountId& account) noexcept;

/// Folds one event of a quota's stream into its state.
void evolve(QuotaState& state, const events::Event& event, Instant occurred_at,
            const events::AccountId& account) noexcept;

}  // namespace certledger::domain
