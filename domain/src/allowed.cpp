// What a status and the flags beside it permit. The state table itself is the lifecycle machine's; here
// stands which event a command would cause and which facts of the stream forbid it besides.
#include <certledger/domain/lifecycle/machine.hpp>

#include "rules.hpp"

namespace certledger::domain {
namespace {

using events::EventType;

/// An event that the command would cause on the named certificate; for those with several outcomes the one
/// that is permitted in most statuses.
EventType event_of(CommandType command) {
    switch (command) {
        case CommandType::submit_application:
            return EventType::application_submitted;
        case CommandType::withdraw_application:
            return EventType::application_withdrawn;
        case CommandType::issue_challenge:
            return EventType::challenge_issued;
        case CommandType::record_validation:
            return EventType::domain_validated;
        case CommandType::record_review:
            return EventType::review_started;
        case CommandType::record_mail:
            return EventType::validation_mail_sent;
        case CommandType::record_phone:
            return EventType::phone_verified;
        case CommandType::record_organization:
            return EventType::organization_verified;
        case CommandType::record_issuance:
            return EventType::issuance_intended;
        case CommandType::reject_application:
            return EventType::application_rejected;
        case CommandType::issue_certificate:
            return EventType::certificate_issued;
        case CommandType::deploy_certificate:
            return EventType::deployment_started;
        case CommandType::record_deployment:
            return EventType::deployment_observed;
        case CommandType::download_certificate:
            return EventType::certificate_downloaded;
        case CommandType::enable_hosting:
            return EventType::hosting_enabled;
        case CommandType::disable_hosting:
            return EventType::hosting_disabled;
        case CommandType::renew_certificate:
            return EventType::renewal_started;
        case CommandType::request_revocation:
            return EventType::revocation_requested;
        case CommandType::confirm_revocation:
            return EventType::revocation_confirmed;
        case CommandType::record_revocation:
            return EventType::certificate_revoked;
        case CommandType::request_refund:
            return EventType::refund_granted;
        case CommandType::pay_refund:
            return EventType::refund_paid;
        case CommandType::expire_certificate:
            return EventType::certificate_expired;
        case CommandType::delete_certificate:
            return EventType::certificate_deleted;
        case CommandType::note_renewal_due:
            return EventType::renewal_due;
        case CommandType::note_expiry:
            return EventType::expiry_noticed;
        case CommandType::buy_quota:
        case CommandType::refund_quota:
        case CommandType::buy_certificate:
        case CommandType::create_certificate:
        case CommandType::upload_certificate:
        case CommandType::adopt_policy:
            break;
    }
    return EventType::ledger_created;  // No certificate ever takes it.
}

/// request-refund answers more precisely than the state table (rulings 24).
std::optional<RefusalCode> refund_request_fault(const CertificateState& state) {
    if (!state.status) return RefusalCode::illegal_transition;
    switch (*state.status) {
        case Status::issued:
        case Status::expired:
            return RefusalCode::not_refundable;
        case Status::revoked:
            return state.refunded() ? RefusalCode::already_refunded : RefusalCode::not_refundable;
        case Status::paid:
        case Status::validation_failed:
            if (state.refunded()) return RefusalCode::already_refunded;
            if (state.refund == RefundState::declined) return RefusalCode::not_refundable;
            return std::nullopt;
        default:
            return RefusalCode::illegal_transition;
    }
}

}  // namespace

std::optional<RefusalCode> flag_fault(CommandType command, const CertificateState& state) {
    const bool unissued = state.is(Status::paid) || state.is(Status::validation_failed);
    switch (command) {
        case CommandType::submit_application:
            if (unissued && state.refunded()) return RefusalCode::already_refunded;
            break;
        case CommandType::enable_hosting:
            if (state.uploaded) return RefusalCode::uploaded;
            if (state.revocation_open()) return RefusalCode::revocation_pending;
            if (state.hosted) return RefusalCode::hosted;
            break;
        case CommandType::disable_hosting:
            if (state.uploaded) return RefusalCode::uploaded;
            if (!state.hosted) return RefusalCode::not_hosted;
            break;
        case CommandType::download_certificate:
        case CommandType::renew_certificate:
        case CommandType::record_revocation:
            if (state.uploaded) return RefusalCode::uploaded;
            break;
        case CommandType::request_revocation:
            if (state.uploaded) return RefusalCode::uploaded;
            if (state.hosted) return RefusalCode::hosted;
            if (state.revocation_open()) return RefusalCode::revocation_already_requested;
            break;
        case CommandType::confirm_revocation:
            if (state.uploaded) return RefusalCode::uploaded;
            if (state.revocation == RevocationState::none) return RefusalCode::revocation_not_requested;
            if (state.revocation == RevocationState::confirmed) return RefusalCode::illegal_transition;
            break;
        case CommandType::pay_refund:
            if (state.refund == RefundState::paid) return RefusalCode::already_refunded;
            if (state.refund != RefundState::granted) return RefusalCode::not_refundable;
            break;
        case CommandType::expire_certificate:
            if (state.revocation_open()) return RefusalCode::revocation_pending;
            break;
        case CommandType::delete_certificate:
            if (state.hosted) return RefusalCode::hosted;
            if (state.refund == RefundState::granted) return RefusalCode::refund_unpaid;
            break;
        default:
            break;
    }
    return std::nullopt;
}

bool has_live_successor(const CertificateState& state, const World& world) {
    if (!state.successor) return false;
    const CertificateState& successor = world.certificate(*state.successor);
    return !(successor.deleted() && !successor.issued_at);
}

std::optional<RefusalCode> status_fault(CommandType command, const CertificateState& state) {
    if (command == CommandType::request_refund) return refund_request_fault(state);
    if (!lifecycle::next(state.status, event_of(command))) return RefusalCode::illegal_transition;
    return std::nullopt;
}

std::vector<CommandType> allowed_commands(const CertificateState& state, const World& world) {
    if (!state.exists()) {
        return {CommandType::buy_certificate, CommandType::create_certificate,
                CommandType::upload_certificate};
    }
    std::vector<CommandType> allowed;
    for (const auto& entry : events::EnumTraits<CommandType>::entries) {
        const CommandType command = entry.value;
        if (!from_outside(command) || event_of(command) == EventType::ledger_created) continue;
        if (status_fault(command, state) || flag_fault(command, state)) continue;
        if (command == CommandType::renew_certificate && has_live_successor(state, world)) continue;
        allowed.push_back(command);
    }
    return allowed;
}

}  // namespace certledger::domain
