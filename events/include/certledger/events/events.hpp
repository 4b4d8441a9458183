// Role: the closed list of event types, and one event of any of them.
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
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace certledger::events {

/// The event structs, in the order of EventType.
using EventVariant = std::variant<
    LedgerCreated, RollbackAccepted, PolicyAdopted, CommandRefused, QuotaPurchased, QuotaConsumed,
    QuotaReturned, QuotaRefunded, CertificatePurchased, CertificateCreated, CertificateUploaded,
    ApplicationSubmitted, ApplicationWithdrawn, ChallengeIssued, DomainValidated, DomainValidationFailed,
    ReviewStarted, ValidationMailSent, ValidationMailConfirmed, PhoneVerificationRequested, PhoneVerified,
    OrganizationVerified, IssuanceIntended, IssuanceFailed, ApplicationRejected, CertificateIssued,
    DeploymentStarted, CertificateDeployed, DeploymentFailed, DeploymentRolledBack, DeploymentObserved,
    DeploymentDrifted, CertificateDownloaded, RenewalDue, RenewalStarted, RenewalCompleted, ExpiryNoticed,
    HostingEnabled, HostingDisabled, RevocationRequested, RevocationConfirmed, RevocationDeclined,
    CertificateRevoked, CertificateExpired, RefundGranted, RefundDeclined, RefundPaid, CertificateDeleted>;

static_assert(std::variant_size_v<EventVariant> == EnumTraits<EventType>::entries.size(),
              "every event type has exactly one struct");

/// A struct that is one of the event types.
template <class T>
concept EventStruct = std::same_as<decltype(std::remove_cvref_t<T>::kType), const EventType>;

/// One event of any type: the variant, used with std::visit, std::get and std::get_if as any other.
///
/// A class of its own so that what a copy, a move, a comparison and a destruction of some fifty alternatives
/// cost the compiler is paid in one place and not in every file that holds an event.
class Event : public EventVariant {
  public:
    Event();
    template <EventStruct E>
    Event(E&& event)  // NOLINT(google-explicit-constructor): converts as the variant does
        : EventVariant(std::in_place_type<std::remove_cvref_t<E>>, std::forward<E>(event)) {}
    Event(const Event& other);
    Event(Event&& other) noexcept;
    Event& operator=(const Event& other);
    Event& operator=(Event&& other) noexcept;
    ~Event();

    friend bool operator==(const Event& left, const Event& right);
};

[[nodiscard]] EventType type_of(const Event& event);
[[nodiscard]] unsigned schema_of(const Event& event);

/// Makes `event` a default-constructed event of the type; every EventType has one.
[[nodiscard]] Event make_event(EventType type);

}  // namespace certledger::events
