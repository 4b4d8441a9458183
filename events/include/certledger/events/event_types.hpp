// Role: the types of events with their stored codes. Codes are stable; a new type takes a new one.
#pragma once

#include <array>
#include <certledger/events/named_enum.hpp>
#include <cstdint>
#include <string_view>

namespace certledger::events {

/// 1 to 9: ledger and policy; 10 to 19: quota streams; from 20: certificate streams, which the lifecycle
/// machine judges.
enum class EventType : std::uint16_t {
    ledger_created = 1,
    rollback_accepted = 2,
    policy_adopted = 3,
    command_refused = 4,
    quota_purchased = 10,
    quota_consumed = 11,
    quota_returned = 12,
    quota_refunded = 13,
    certificate_purchased = 20,
    certificate_created = 21,
    certificate_uploaded = 22,
    application_submitted = 23,
    application_withdrawn = 24,
    challenge_issued = 25,
    domain_validated = 26,
    domain_validation_failed = 27,
    review_started = 28,
    validation_mail_sent = 29,
    validation_mail_confirmed = 30,
    phone_verification_requested = 31,
    phone_verified = 32,
    organization_verified = 33,
    issuance_intended = 34,
    issuance_failed = 35,
    application_rejected = 36,
    certificate_issued = 37,
    deployment_started = 38,
    certificate_deployed = 39,
    deployment_failed = 40,
    deployment_rolled_back = 41,
    deployment_observed = 42,
    deployment_drifted = 43,
    certificate_downloaded = 44,
    renewal_due = 45,
    renewal_started = 46,
    renewal_completed = 47,
    expiry_noticed = 48,
    hosting_enabled = 49,
    hosting_disabled = 50,
    revocation_requested = 51,
    revocation_confirmed = 52,
    revocation_declined = 53,
    certificate_revoked = 54,
    certificate_expired = 55,
    refund_granted = 56,
    refund_declined = 57,
    refund_paid = 58,
    certificate_deleted = 59,
};

template <>
struct EnumTraits<EventType> {
    static constexpr std::string_view kind = "event type";
    static constexpr std::array entries{
        EnumEntry<EventType>{EventType::ledger_created, "ledger-created"},
        EnumEntry<EventType>{EventType::rollback_accepted, "rollback-accepted"},
        EnumEntry<EventType>{EventType::policy_adopted, "policy-adopted"},
        EnumEntry<EventType>{EventType::command_refused, "command-refused"},
        EnumEntry<EventType>{EventType::quota_purchased, "quota-purchased"},
        EnumEntry<EventType>{EventType::quota_consumed, "quota-consumed"},
        EnumEntry<EventType>{EventType::quota_returned, "quota-returned"},
        EnumEntry<EventType>{EventType::quota_refunded, "quota-refunded"},
        EnumEntry<EventType>{EventType::certificate_purchased, "certificate-purchased"},
        EnumEntry<EventType>{EventType::certificate_created, "certificate-created"},
        EnumEntry<EventType>{EventType::certificate_uploaded, "certificate-uploaded"},
        EnumEntry<EventType>{EventType::application_submitted, "application-submitted"},
        EnumEntry<EventType>{EventType::application_withdrawn, "application-withdrawn"},
        EnumEntry<EventType>{EventType::challenge_issued, "challenge-issued"},
        EnumEntry<EventType>{EventType::domain_validated, "domain-validated"},
        EnumEntry<EventType>{EventType::domain_validation_failed, "domain-validation-failed"},
        EnumEntry<EventType>{EventType::review_started, "review-started"},
        EnumEntry<EventType>{EventType::validation_mail_sent, "validation-mail-sent"},
        EnumEntry<EventType>{EventType::validation_mail_confirmed, "validation-mail-confirmed"},
        EnumEntry<EventType>{EventType::phone_verification_requested, "phone-verification-requested"},
        EnumEntry<EventType>{EventType::phone_verified, "phone-verified"},
        EnumEntry<EventType>{EventType::organization_verified, "organization-verified"},
        EnumEntry<EventType>{EventType::issuance_intended, "issuance-intended"},
        EnumEntry<EventType>{EventType::issuance_failed, "issuance-failed"},
        EnumEntry<EventType>{EventType::application_rejected, "application-rejected"},
        EnumEntry<EventType>{EventType::certificate_issued, "certificate-issued"},
        EnumEntry<EventType>{EventType::deployment_started, "deployment-started"},
        EnumEntry<EventType>{EventType::certificate_deployed, "certificate-deployed"},
        EnumEntry<EventType>{EventType::deployment_failed, "deployment-failed"},
        EnumEntry<EventType>{EventType::deployment_rolled_back, "deployment-rolled-back"},
        EnumEntry<EventType>{EventType::deployment_observed, "deployment-observed"},
        EnumEntry<EventType>{EventType::deployment_drifted, "deployment-drifted"},
        EnumEntry<EventType>{EventType::certificate_downloaded, "certificate-downloaded"},
        EnumEntry<EventType>{EventType::renewal_due, "renewal-due"},
        EnumEntry<EventType>{EventType::renewal_started, "renewal-started"},
        EnumEntry<EventType>{EventType::renewal_completed, "renewal-completed"},
        EnumEntry<EventType>{EventType::expiry_noticed, "expiry-noticed"},
        EnumEntry<EventType>{EventType::hosting_enabled, "hosting-enabled"},
        EnumEntry<EventType>{EventType::hosting_disabled, "hosting-disabled"},
        EnumEntry<EventType>{EventType::revocation_requested, "revocation-requested"},
        EnumEntry<EventType>{EventType::revocation_confirmed, "revocation-confirmed"},
        EnumEntry<EventType>{EventType::revocation_declined, "revocation-declined"},
        EnumEntry<EventType>{EventType::certificate_revoked, "certificate-revoked"},
        EnumEntry<EventType>{EventType::certificate_expired, "certificate-expired"},
        EnumEntry<EventType>{EventType::refund_granted, "refund-granted"},
        EnumEntry<EventType>{EventType::refund_declined, "refund-declined"},
        EnumEntry<EventType>{EventType::refund_paid, "refund-paid"},
        EnumEntry<EventType>{EventType::certificate_deleted, "certificate-deleted"},
    };
};

/// Whether events of this type stand on a certificate's stream.
[[nodiscard]] constexpr bool certificate_event(EventType type) noexcept {
    return static_cast<std::uint16_t>(type) >= static_cast<std::uint16_t>(EventType::certificate_purchased);
}

}  // namespace certledger::events
