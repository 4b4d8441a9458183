// Revocation and refund.
#include <algorithm>

#include "rules.hpp"

namespace certledger::domain {
namespace {

/// The refund decision as an event.
events::Event refund_event(const Case& facts, bool by_ca) {
    const auto [policy, ref] = facts.policies().get<events::RefundPolicy>(facts.now());
    const CertificateState& state = facts.state;
    auto verdict = policies::judge_refund(policy, ref,
                                          {state.payment, state.paid_at, state.issued_at, facts.now(), by_ca},
                                          facts.world.zones());
    if (verdict.granted) {
        return events::RefundGranted{verdict.reason, state.payment, verdict.policy, verdict.inputs};
    }
    return events::RefundDeclined{verdict.reason, verdict.policy, verdict.inputs};
}

}  // namespace

Decision rule(const RequestRevocation& command, const Case& facts) {
    const auto code = flag_fault(CommandType::request_revocation, facts.state);
    const bool asked_before = code == RefusalCode::revocation_already_requested;
    if (code && !asked_before) return refuse(facts, *code, std::string(events::meaning(*code)));
    if (facts.now() > facts.state.not_after) {
        return refuse(facts, RefusalCode::expired,
                      "it was valid until " + events::to_string(facts.state.not_after));
    }
    if (asked_before) return refuse(facts, *code, std::string(events::meaning(*code)));
    const auto [policy, ref] = facts.policies().get<events::RevocationPolicy>(facts.now());
    const std::int64_t seconds = command.reason == events::RevocationReason::key_compromise
                                     ? policy.key_compromise_seconds
                                     : policy.other_seconds;
    // What is written must be an instant that can be read back.
    const events::Instant due = std::min(facts.now().plus_seconds(seconds), events::kLatest);
    return std::vector<Caused>{facts.cause(events::RevocationRequested{command.reason, due, ref})};
}

Decision rule(const ConfirmRevocation&, const Case& facts) {
    if (!facts.state.uploaded && !facts.identity_checked()) {
        return refuse(facts, RefusalCode::illegal_transition,
                      "a revocation of a dv certificate has no mail step");
    }
    if (const auto code = flag_fault(CommandType::confirm_revocation, facts.state)) {
        return refuse(facts, *code,
                      *code == RefusalCode::illegal_transition ? "the revocation was confirmed before"
                                                               : std::string(events::meaning(*code)));
    }
    return std::vector<Caused>{facts.cause(events::RevocationConfirmed{})};
}

Decision rule(const RecordRevocation& command, const Case& facts) {
    const CertificateState& state = facts.state;
    if (const auto code = flag_fault(CommandType::record_revocation, state)) {
        return refuse(facts, *code, std::string(events::meaning(*code)));
    }
    const bool by_ca = command.by.has_value();
    const bool completed = command.outcome == RevocationOutcome::completed;
    if (!by_ca && !state.revocation_open()) {
        return refuse(facts, RefusalCode::revocation_not_requested, "no revocation is requested");
    }
    if (!by_ca && completed && facts.identity_checked() && state.revocation != RevocationState::confirmed) {
        return refuse(facts, RefusalCode::revocation_not_confirmed,
                      "the revocation of an ov or ev certificate is confirmed by mail first");
    }
    if (!completed) {
        return std::vector<Caused>{facts.cause(events::RevocationDeclined{command.cause.value_or("")})};
    }
    const auto reason = by_ca ? *command.reason : state.revocation_reason;
    return std::vector<Caused>{facts.cause(events::CertificateRevoked{reason, by_ca}),
                               facts.cause(refund_event(facts, by_ca))};
}

Decision rule(const RequestRefund&, const Case& facts) {
    return std::vector<Caused>{facts.cause(refund_event(facts, false))};
}

Decision rule(const PayRefund& command, const Case& facts) {
    const CertificateState& state = facts.state;
    if (const auto code = flag_fault(CommandType::pay_refund, state)) {
        return refuse(
            facts, *code,
            *code == RefusalCode::already_refunded ? "the refund was paid before" : "no refund is granted");
    }
    if (command.amount && *command.amount != state.refund_amount) {
        return refuse(facts, RefusalCode::invalid_field,
                      "amount " + events::to_string(*command.amount) + " is not the amount granted, " +
                          events::to_string(state.refund_amount),
                      "amount");
    }
    return std::vector<Caused>{facts.cause(events::RefundPaid{state.refund_amount, command.reference})};
}

}  // namespace certledger::domain
