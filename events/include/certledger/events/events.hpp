// Role: the closed list of event types, and the variant over them.
//
// An event struct describes itself once: kType, kSchema (version of its fields) and serialize(), whose named
// pairs every archive runs over (canonical bytes, JSON, schema text, generators). A new schema version reads
// the old one through the `version` argument.
#pragma once

#include <certledger/events/certificate_events.hpp>
#include <certledger/events/issuance_events.hpp>
#include <certledger/events/ledger_events.hpp>
#include <certledger/events/quota_events.hpp>
#include <certledger/events/revocation_events.hpp>
#include <type_traits>
#include <variant>

namespace certledger::events {

/// One event of any type, in the order of EventType.
using Event = std::variant<
    LedgerCreated, RollbackAccepted, PolicyAdopted, CommandRefused, QuotaPurchased, QuotaConsumed,
    QuotaReturned, QuotaRefunded, CertificatePurchased, CertificateCreated, CertificateUploaded,
    ApplicationSubmitted, ApplicationWithdrawn, ChallengeIssued, DomainValidated, DomainValidationFailed,
    ReviewStarted, ValidationMailSent, ValidationMailConfirmed, PhoneVerificationRequested, PhoneVerified,
    OrganizationVerified, IssuanceIntended, IssuanceFailed, ApplicationRejected, CertificateIssued,
    DeploymentStarted, CertificateDeployed, DeploymentFailed, DeploymentRolledBack, DeploymentObserved,
    DeploymentDrifted, CertificateDownloaded, RenewalDue, RenewalStarted, RenewalCompleted, ExpiryNoticed,
    HostingEnabled, HostingDisabled, RevocationRequested, RevocationConfirmed, RevocationDeclined,
    CertificateRevoked, CertificateExpired, RefundGranted, RefundDeclined, RefundPaid, CertificateDeleted>;

static_assert(std::variant_size_v<Event> == EnumTraits<EventType>::entries.size(),
              "every event type has exactly one struct");

[[nodiscard]] inline EventType type_of(const Event& event) {
    return std::visit([](const auto& held) { return std::remove_cvref_t<decltype(held)>::kType; }, event);
}

[[nodiscard]] inline unsigned schema_of(const Event& event) {
    return std::visit([](const auto& held) { return std::remove_cvref_t<decltype(held)>::kSchema; }, event);
}

/// Makes `event` a default-constructed event of the type; every EventType has one.
[[nodiscard]] Event make_event(EventType type);

}  // namespace certledger::events
