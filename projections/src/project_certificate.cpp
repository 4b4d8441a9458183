#include "project_certificate.hpp"

#include <algorithm>

namespace certledger::projections {

using namespace events;  // Every event has its own function here.

namespace {

/// The element with this key, made where it is missing; the vector stays in order.
template <class Row>
Row& sorted_at(std::vector<Row>& rows, std::string Row::*key, const std::string& wanted) {
    const auto place = std::lower_bound(rows.begin(), rows.end(), wanted,
                                        [&](const Row& row, const std::string& k) { return row.*key < k; });
    if (place != rows.end() && (*place).*key == wanted) return *place;
    Row made;
    made.*key = wanted;
    return *rows.insert(place, std::move(made));
}

void set_names(CertificateRow& row, const std::vector<DomainName>& names) {
    row.names.clear();
    for (const auto& name : names) row.names.emplace_back(name);
}

class Fold {
  public:
    Fold(MemoryRows& rows, CertificateRow& row, Instant at) : rows_(rows), row_(row), at_(at) {}

    // Events of other streams never come here.
    template <class Other>
    void operator()(const Other&) {}

    void operator()(const CertificatePurchased& event) { order(event); }
    void operator()(const CertificateCreated& event) {
        order(event);
        row_.quota = event.quota;
        row_.unit = event.unit;
    }
    void operator()(const CertificateUploaded& event) {
        row_.uploaded = true;
        set_names(row_, event.names);
        row_.key_held = event.key_held;
        issue(event);
    }

    void operator()(const ApplicationSubmitted& event) {
        row_.application = ApplicationRow{};
        row_.application->validation = event.validation;
        row_.application->submitted_at = at_;
        row_.submitted_at = at_;
        row_.key_held = event.key_source == KeySource::held_here;
    }
    void operator()(const ApplicationWithdrawn&) { set(&ApplicationRow::withdrawn_at); }
    void operator()(const ChallengeIssued& event) {
        auto& validation = validation_of(event.name);
        validation.method = event.method;
        validation.challenged_at = at_;
    }
    void operator()(const DomainValidated& event) { result(event.name, true, {}); }
    void operator()(const DomainValidationFailed& event) { result(event.name, false, event.cause); }
    void operator()(const ReviewStarted&) { set(&ApplicationRow::review_started_at); }
    void operator()(const ValidationMailSent&) { set(&ApplicationRow::mail_sent_at); }
    void operator()(const ValidationMailConfirmed&) { set(&ApplicationRow::mail_confirmed_at); }
    void operator()(const PhoneVerificationRequested&) { set(&ApplicationRow::phone_requested_at); }
    void operator()(const PhoneVerified&) { set(&ApplicationRow::phone_verified_at); }
    void operator()(const OrganizationVerified&) { set(&ApplicationRow::organization_verified_at); }
    void operator()(const IssuanceIntended&) {
        set(&ApplicationRow::issuance_intended_at);
        if (row_.application) row_.application->issuance_failed.reset();
    }
    void operator()(const IssuanceFailed& event) {
        if (!row_.application) return;
        row_.application->issuance_failed = Outcome{at_, event.cause};
        row_.application->issuance_intended_at.reset();
    }
    void operator()(const ApplicationRejected& event) {
        if (row_.application) row_.application->rejected = Outcome{at_, event.cause};
    }
    void operator()(const CertificateIssued& event) {
        issue(event);
        if (auto* renewal = renewal_of_predecessor()) renewal->completed_at = at_;
    }

    void operator()(const DeploymentStarted& event) { deployment(event.target).open_since = at_; }
    void operator()(const CertificateDeployed& event) {
        auto& deployment = outcome(event.target);
        deployment.deployed_at = at_;
        deployment.seen_at.reset();
        deployment.seen_fingerprint.reset();
        deployment.drifted = false;
        deployment.drift_cause.clear();
        take_over(deployment);
    }
    void operator()(const DeploymentFailed& event) {
        outcome(event.target).failed = Outcome{at_, event.cause};
    }
    void operator()(const DeploymentRolledBack& event) {
        auto& deployment = outcome(event.target);
        deployment.rolled_back = Outcome{at_, event.cause};
        free_target(deployment);
    }
    void operator()(const DeploymentObserved& event) { seen(event.target, event.fingerprint, false, {}); }
    void operator()(const DeploymentDrifted& event) {
        seen(event.target, event.fingerprint, true, event.cause);
    }

    void operator()(const CertificateDownloaded&) {
        ++row_.downloads;
        row_.downloaded_at = at_;
    }
    void operator()(const RenewalDue&) { row_.renewal_due_at = at_; }
    void operator()(const RenewalStarted& event) {
        row_.renewal = RenewalRow{event.successor, at_, std::nullopt};
    }
    void operator()(const RenewalCompleted& event) {
        if (row_.renewal && row_.renewal->successor == event.successor) row_.renewal->completed_at = at_;
    }
    void operator()(const ExpiryNoticed& event) { row_.notices.push_back(event.days); }
    void operator()(const HostingEnabled&) { row_.hosted = true; }
    void operator()(const HostingDisabled&) { row_.hosted = false; }

    void operator()(const RevocationRequested& event) {
        row_.revocation = RevocationRow{at_, event.reason, event.due, std::nullopt};
        row_.revocation_declined.reset();
    }
    void operator()(const RevocationConfirmed&) {
        if (row_.revocation) row_.revocation->confirmed_at = at_;
    }
    void operator()(const RevocationDeclined& event) {
        row_.revocation.reset();
        row_.revocation_declined = Outcome{at_, event.cause};
    }
    void operator()(const CertificateRevoked& event) {
        row_.revocation.reset();
        row_.revoked = RevokedRow{at_, event.reason, event.by_ca};
        row_.hosted = false;
    }
    void operator()(const CertificateExpired&) {
        row_.revocation.reset();
        row_.expired_at = at_;
        row_.hosted = false;
    }

    void operator()(const RefundGranted& event) {
        decide(event, true);
        row_.refund->amount = event.amount;
        add_to_total(rows_, row_.account.value, event.amount, event.inputs.decided_at);
    }
    void operator()(const RefundDeclined& event) {
        decide(event, false);
        row_.refund->amount = Money{0, event.inputs.payment.currency};
    }
    void operator()(const RefundPaid& event) {
        if (!row_.refund) return;
        row_.refund->paid_at = at_;
        row_.refund->reference = event.reference;
    }

    void operator()(const CertificateDeleted&) {
        row_.deleted_at = at_;
        row_.hosted = false;
        row_.revocation.reset();
        for (auto& deployment : row_.deployments) {
            deployment.open_since.reset();
            free_target(deployment);
        }
        if (row_.ever_issued() || !row_.predecessor) return;
        // A successor that was never issued renews nothing: its predecessor may be renewed again.
        if (renewal_of_predecessor() != nullptr) predecessor_->renewal.reset();
    }

  private:
    template <class Order>
    void order(const Order& event) {
        row_.term_end = event.term_end;
        row_.paid_at = event.paid_at;
        row_.payment = event.payment;
        row_.product = event.product;
        set_names(row_, event.names);
        row_.predecessor = event.predecessor;
    }
    void set(std::optional<Instant> ApplicationRow::*field) {
        if (row_.application) (*row_.application).*field = at_;
    }
    ValidationRow& validation_of(const std::string& name) {
        return sorted_at(row_.validations, &ValidationRow::name, name);
    }
    void result(const std::string& name, bool succeeded, const std::string& cause) {
        auto& validation = validation_of(name);
        if (row_.application) validation.method = row_.application->validation;
        validation.succeeded = succeeded;
        validation.at = at_;
        validation.cause = cause;
    }
    template <class Certificate>
    void issue(const Certificate& event) {
        row_.issued = IssuedRow{event.not_before, event.not_after, event.sha256, event.serial};
        row_.issuance = IssuanceRow{at_, event.key_sha256, event.issuer};
    }
    DeploymentRow& deployment(const std::string& target) {
        return sorted_at(row_.deployments, &DeploymentRow::target, target);
    }
    /// An outcome uses up the start and takes the place of the outcome before.
    DeploymentRow& outcome(const std::string& target) {
        auto& deployment = this->deployment(target);
        deployment.open_since.reset();
        deployment.failed.reset();
        deployment.rolled_back.reset();
        return deployment;
    }
    void take_over(DeploymentRow& deployment) {
        const auto& account = row_.account.value;
        const auto held = rows_.target(account, deployment.target);
        if (held && held->holder != row_.row) {
            if (auto* old = rows_.edit_certificate(held->holder)) {
                sorted_at(old->deployments, &DeploymentRow::target, deployment.target).held = false;
            }
        }
        deployment.held = true;
        rows_.set_target(account, deployment.target, row_.row);
    }
    void free_target(DeploymentRow& deployment) {
        if (!deployment.held) return;
        deployment.held = false;
        rows_.clear_target(row_.account.value, deployment.target);
    }
    void seen(const std::string& target, const std::optional<Digest>& fingerprint, bool drifted,
              const std::string& cause) {
        auto& deployment = this->deployment(target);
        deployment.seen_at = at_;
        deployment.seen_fingerprint = fingerprint;
        deployment.drifted = drifted;
        deployment.drift_cause = cause;
    }
    /// The predecessor's renewal, when it is this certificate that renews it. An account renews its own.
    RenewalRow* renewal_of_predecessor() {
        if (!row_.predecessor) return nullptr;
        predecessor_ = rows_.edit_certificate(row_.predecessor->value);
        if (predecessor_ == nullptr || predecessor_->account != row_.account || !predecessor_->renewal)
            return nullptr;
        return predecessor_->renewal->successor == row_.certificate ? &*predecessor_->renewal : nullptr;
    }
    template <class Decision>
    void decide(const Decision& event, bool granted) {
        row_.refund = RefundRow{};
        row_.refund->granted = granted;
        row_.refund->reason = event.reason;
        row_.refund->policy = event.policy;
        row_.refund->inputs = event.inputs;
        row_.refund->decided_at = event.inputs.decided_at;
    }

    MemoryRows& rows_;
    CertificateRow& row_;
    CertificateRow* predecessor_ = nullptr;
    Instant at_;
};

}  // namespace

void fold_certificate(MemoryRows& rows, CertificateRow& row, const Event& event, Instant at) {
    Fold fold(rows, row, at);
    std::visit([&](const auto& held) { fold(held); }, event);
}

namespace {

/// The date in UTC.
Date date_of(Instant at) {
    const std::int64_t seconds = at.seconds();
    return date_from_days((seconds >= 0 ? seconds : seconds - (kSecondsPerDay - 1)) / kSecondsPerDay);
}

}  // namespace

void add_to_total(MemoryRows& rows, std::string_view account, const Money& amount, Instant decided,
                  int sign) {
    const auto date = date_of(decided);
    auto& total = rows.edit_total(account, amount.currency.text(), date.year, date.month);
    total.add(sign * (amount.minor / TotalRow::kBase), sign * (amount.minor % TotalRow::kBase));
    total.decisions += sign;
}

void add_to_count(MemoryRows& rows, const CertificateRow& row, Status status, std::int64_t more) {
    const auto date = date_of(row.created_at);
    rows.edit_count(row.account.value, status, date.year, date.month).certificates += more;
}

}  // namespace certledger::projections
