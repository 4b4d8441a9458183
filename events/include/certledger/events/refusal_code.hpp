// Role: the stable codes of refusals by a rule. Once stored, a code is never renumbered or reused.
#pragma once

#include <array>
#include <certledger/events/named_enum.hpp>
#include <cstdint>
#include <string_view>

namespace certledger::events {

/// Each code is one that a caller can act on.
enum class RefusalCode : std::uint8_t {
    illegal_transition = 1,
    unknown_stream = 2,
    already_exists = 3,
    command_id_reused = 4,
    version_conflict = 5,
    invalid_field = 6,
    invalid_domain_name = 7,
    names_do_not_fit_product = 8,
    method_not_allowed = 9,
    names_mismatch = 10,
    key_mismatch = 11,
    contact_incomplete = 12,
    company_required = 13,
    csr_invalid = 14,
    csr_names_mismatch = 15,
    weak_key = 16,
    key_not_held = 17,
    quota_exhausted = 18,
    quota_expired = 19,
    product_mismatch = 20,
    not_validated = 21,
    validity_exceeds_policy = 22,
    not_in_renewal_window = 23,
    already_renewed = 24,
    hosted = 25,
    not_hosted = 26,
    uploaded = 27,
    still_deployed = 28,
    names_not_superset = 29,
    revocation_not_requested = 30,
    revocation_not_confirmed = 31,
    refund_window_closed = 32,
    not_refundable = 33,
    already_refunded = 34,
    refund_unpaid = 35,
    term_ended = 36,
    revocation_already_requested = 37,
    revocation_pending = 38,
    expired = 39,
    not_expired = 40,
    deleted = 41,
    not_authorized = 42,
    policy_not_monotone = 43,
};

template <>
struct EnumTraits<RefusalCode> {
    static constexpr std::string_view kind = "refusal code";
    static constexpr std::array entries{
        EnumEntry<RefusalCode>{RefusalCode::illegal_transition, "illegal-transition"},
        EnumEntry<RefusalCode>{RefusalCode::unknown_stream, "unknown-stream"},
        EnumEntry<RefusalCode>{RefusalCode::already_exists, "already-exists"},
        EnumEntry<RefusalCode>{RefusalCode::command_id_reused, "command-id-reused"},
        EnumEntry<RefusalCode>{RefusalCode::version_conflict, "version-conflict"},
        EnumEntry<RefusalCode>{RefusalCode::invalid_field, "invalid-field"},
        EnumEntry<RefusalCode>{RefusalCode::invalid_domain_name, "invalid-domain-name"},
        EnumEntry<RefusalCode>{RefusalCode::names_do_not_fit_product, "names-do-not-fit-product"},
        EnumEntry<RefusalCode>{RefusalCode::method_not_allowed, "method-not-allowed"},
        EnumEntry<RefusalCode>{RefusalCode::names_mismatch, "names-mismatch"},
        EnumEntry<RefusalCode>{RefusalCode::key_mismatch, "key-mismatch"},
        EnumEntry<RefusalCode>{RefusalCode::contact_incomplete, "contact-incomplete"},
        EnumEntry<RefusalCode>{RefusalCode::company_required, "company-required"},
        EnumEntry<RefusalCode>{RefusalCode::csr_invalid, "csr-invalid"},
        EnumEntry<RefusalCode>{RefusalCode::csr_names_mismatch, "csr-names-mismatch"},
        EnumEntry<RefusalCode>{RefusalCode::weak_key, "weak-key"},
        EnumEntry<RefusalCode>{RefusalCode::key_not_held, "key-not-held"},
        EnumEntry<RefusalCode>{RefusalCode::quota_exhausted, "quota-exhausted"},
        EnumEntry<RefusalCode>{RefusalCode::quota_expired, "quota-expired"},
        EnumEntry<RefusalCode>{RefusalCode::product_mismatch, "product-mismatch"},
        EnumEntry<RefusalCode>{RefusalCode::not_validated, "not-validated"},
        EnumEntry<RefusalCode>{RefusalCode::validity_exceeds_policy, "validity-exceeds-policy"},
        EnumEntry<RefusalCode>{RefusalCode::not_in_renewal_window, "not-in-renewal-window"},
        EnumEntry<RefusalCode>{RefusalCode::already_renewed, "already-renewed"},
        EnumEntry<RefusalCode>{RefusalCode::hosted, "hosted"},
        EnumEntry<RefusalCode>{RefusalCode::not_hosted, "not-hosted"},
        EnumEntry<RefusalCode>{RefusalCode::uploaded, "uploaded"},
        EnumEntry<RefusalCode>{RefusalCode::still_deployed, "still-deployed"},
        EnumEntry<RefusalCode>{RefusalCode::names_not_superset, "names-not-superset"},
        EnumEntry<RefusalCode>{RefusalCode::revocation_not_requested, "revocation-not-requested"},
        EnumEntry<RefusalCode>{RefusalCode::revocation_not_confirmed, "revocation-not-confirmed"},
        EnumEntry<RefusalCode>{RefusalCode::refund_window_closed, "refund-window-closed"},
        EnumEntry<RefusalCode>{RefusalCode::not_refundable, "not-refundable"},
        EnumEntry<RefusalCode>{RefusalCode::already_refunded, "already-refunded"},
        EnumEntry<RefusalCode>{RefusalCode::refund_unpaid, "refund-unpaid"},
        EnumEntry<RefusalCode>{RefusalCode::term_ended, "term-ended"},
        EnumEntry<RefusalCode>{RefusalCode::revocation_already_requested, "revocation-already-requested"},
        EnumEntry<RefusalCode>{RefusalCode::revocation_pending, "revocation-pending"},
        EnumEntry<RefusalCode>{RefusalCode::expired, "expired"},
        EnumEntry<RefusalCode>{RefusalCode::not_expired, "not-expired"},
        EnumEntry<RefusalCode>{RefusalCode::deleted, "deleted"},
        EnumEntry<RefusalCode>{RefusalCode::not_authorized, "not-authorized"},
        EnumEntry<RefusalCode>{RefusalCode::policy_not_monotone, "policy-not-monotone"},
    };
};

/// What a code means, in a clause; messages and the reference are made from it.
[[nodiscard]] std::string_view meaning(RefusalCode code) noexcept;

}  // namespace certledger::events
