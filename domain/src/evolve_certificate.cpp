#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/domain/state.hpp>

namespace certledger::domain {
namespace {

/// What both ways of ordering have in common.
template <class Order>
void take_order(CertificateState& state, const Order& event) {
    state.product = event.product;
    state.names = event.names;
    state.payment = event.payment;
    state.paid_at = event.paid_at;
    state.term_end = event.term_end;
    state.predecessor = event.predecessor;
}

void apply(CertificateState& state, const events::CertificatePurchased& event, Instant) {
    take_order(state, event);
    state.paid_by_term = event.renewal == events::RenewalPayment::term;
}
void apply(CertificateState& state, const events::CertificateCreated& event, Instant) {
    take_order(state, event);
    state.quota = event.quota;
    state.unit = event.unit;
}
void apply(CertificateState& state, const events::CertificateUploaded& event, Instant) {
    state.uploaded = true;
    state.key_held = event.key_held;
    state.names = event.names;
    state.not_before = event.not_before;
    state.not_after = event.not_after;
    state.sha256 = event.sha256;
    state.key_sha256 = event.key_sha256;
}
void apply(CertificateState& state, const events::ApplicationSubmitted& event, Instant) {
    state.application = Application{event.validation, event.key_sha256, std::nullopt, std::nullopt};
    state.key_held = event.key_source == events::KeySource::held_here;
}
void apply(CertificateState& state, const events::DomainValidated& event, Instant at) {
    state.validations[event.name] = {true, at};
}
void apply(CertificateState& state, const events::DomainValidationFailed& event, Instant at) {
    state.validations[event.name] = {false, at};
}
void apply(CertificateState& state, const events::ValidationMailConfirmed&, Instant at) {
    if (state.application) state.application->mail_confirmed_at = at;
}
void apply(CertificateState& state, const events::OrganizationVerified&, Instant at) {
    if (state.application) state.application->organization_verified_at = at;
}
void apply(CertificateState& state, const events::CertificateIssued& event, Instant at) {
    state.issued_at = at;
    state.not_before = event.not_before;
    state.not_after = event.not_after;
    state.sha256 = event.sha256;
    state.key_sha256 = event.key_sha256;
}
void apply(CertificateState& state, const events::DeploymentStarted& event, Instant) {
    state.deployments[event.target].start_open = true;
}
void apply(CertificateState& state, const events::CertificateDeployed& event, Instant) {
    state.deployments[event.target] = {false, true, true};
}
void apply(CertificateState& state, const events::DeploymentFailed& event, Instant) {
    auto& deployment = state.deployments[event.target];
    deployment.start_open = false;
    deployment.deployed = false;
}
void apply(CertificateState& state, const events::DeploymentRolledBack& event, Instant) {
    auto& deployment = state.deployments[event.target];
    deployment.start_open = false;
    deployment.deployed = false;
}
void apply(CertificateState& state, const events::RenewalDue&, Instant) { state.renewal_due_noted = true; }
void apply(CertificateState& state, const events::RenewalStarted& event, Instant) {
    state.successor = event.successor;
}
void apply(CertificateState& state, const events::ExpiryNoticed& event, Instant) {
    state.notices.push_back(event.days);
}
void apply(CertificateState& state, const events::HostingEnabled&, Instant) { state.hosted = true; }
void apply(CertificateState& state, const events::HostingDisabled&, Instant) { state.hosted = false; }
void apply(CertificateState& state, const events::RevocationRequested& event, Instant) {
    state.revocation = RevocationState::requested;
    state.revocation_reason = event.reason;
}
void apply(CertificateState& state, const events::RevocationConfirmed&, Instant) {
    state.revocation = RevocationState::confirmed;
}
void apply(CertificateState& state, const events::RevocationDeclined&, Instant) {
    state.revocation = RevocationState::none;
}
void apply(CertificateState& state, const events::CertificateRevoked& event, Instant) {
    state.hosted = false;
    state.revocation = RevocationState::none;
    state.revocation_reason = event.reason;
}
void apply(CertificateState& state, const events::CertificateExpired&, Instant) { state.hosted = false; }
void apply(CertificateState& state, const events::RefundGranted& event, Instant) {
    state.refund = RefundState::granted;
    state.refund_amount = event.amount;
}
void apply(CertificateState& state, const events::RefundDeclined&, Instant) {
    state.refund = RefundState::declined;
}
void apply(CertificateState& state, const events::RefundPaid&, Instant) { state.refund = RefundState::paid; }
/// Events that leave a mark in the log and the views, but that no rule looks at.
template <class Other>
void apply(CertificateState&, const Other&, Instant) {}

}  // namespace

void evolve(CertificateState& state, const events::Event& event, Instant occurred_at,
            const events::AccountId& account) noexcept {
    if (state.stream.version++ == 0) {
        state.stream.account = account;
        state.stream.first_at = occurred_at;
    }
    const auto status = lifecycle::next(state.status, events::type_of(event));
    if (!status) {
        state.broken = true;
        return;
    }
    std::visit([&](const auto& held) { apply(state, held, occurred_at); }, event);
    state.status = *status;
}

}  // namespace certledger::domain
