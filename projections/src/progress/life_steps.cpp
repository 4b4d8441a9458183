// Steps behind the issue.
#include <algorithm>

#include "progress_of.hpp"
#include "refunds/refund_of.hpp"

namespace certledger::projections {

using events::EventType;

namespace {

/// The last thing that happened on any target.
const DeploymentRow* latest(const CertificateRow& row, std::optional<Outcome> DeploymentRow::*outcome) {
    const DeploymentRow* found = nullptr;
    for (const auto& deployment : row.deployments) {
        if (!(deployment.*outcome)) continue;
        if (found == nullptr || (deployment.*outcome)->at > (found->*outcome)->at) found = &deployment;
    }
    return found;
}

std::optional<Instant> last_success(const CertificateRow& row, bool still_held) {
    std::optional<Instant> last;
    for (const auto& deployment : row.deployments) {
        if (!deployment.deployed_at || (still_held && !deployment.held) || deployment.rolled_back) continue;
        last = std::max(last.value_or(*deployment.deployed_at), *deployment.deployed_at);
    }
    return last;
}

std::optional<Instant> first_open(const CertificateRow& row) {
    std::optional<Instant> first;
    for (const auto& deployment : row.deployments) {
        if (!deployment.open_since) continue;
        first = std::min(first.value_or(*deployment.open_since), *deployment.open_since);
    }
    return first;
}

ProgressStep failed_deployment(const CertificateRow& row) {
    const auto* failed = latest(row, &DeploymentRow::failed);
    const auto* rolled_back = latest(row, &DeploymentRow::rolled_back);
    const Outcome* last = failed != nullptr ? &*failed->failed : nullptr;
    if (rolled_back != nullptr && (last == nullptr || rolled_back->rolled_back->at > last->at))
        last = &*rolled_back->rolled_back;
    if (last == nullptr) return step(StepName::deployment, StepState::waiting);
    auto made = step(StepName::deployment, StepState::failed, last->at);
    if (!last->cause.empty()) made.cause = last->cause;
    return made;
}

}  // namespace

ProgressStep deployment_step(const StepCase& about) {
    const auto& row = about.row;
    if (about.unissued())
        return step(StepName::deployment, about.closed ? StepState::skipped : StepState::waiting);
    const bool issued = row.is(Status::issued);
    if (const auto open = first_open(row); open && issued) {
        auto made = step(StepName::deployment, StepState::current, open);
        made.expected = about.expect(EventType::certificate_deployed, Party::service,
                                     moved(*open, kDeploymentLimitSeconds));
        return made;
    }
    if (const auto held = last_success(row, true)) return step(StepName::deployment, StepState::done, held);
    if (const auto once = last_success(row, false)) return step(StepName::deployment, StepState::done, once);
    auto made = failed_deployment(row);
    const bool possible = issued && about.now <= row.issued->not_after;
    if (!possible)
        return made.state == StepState::failed ? made : step(StepName::deployment, StepState::skipped);
    if (made.state == StepState::waiting) made.state = StepState::current;
    made.expected =
        about.expect(EventType::deployment_started, row.hosted ? Party::service : Party::operator_);
    return made;
}

ProgressStep renewal_step(const StepCase& about) {
    const auto& row = about.row;
    if (row.uploaded) return step(StepName::renewal, StepState::skipped);
    if (about.unissued())
        return step(StepName::renewal, about.closed ? StepState::skipped : StepState::waiting);
    const Instant not_after = row.issued->not_after;
    if (row.renewal) {
        if (row.renewal->completed_at)
            return step(StepName::renewal, StepState::done, row.renewal->completed_at);
        // The successor can still be issued, whatever becomes of this certificate.
        auto made = step(StepName::renewal, StepState::current, row.renewal->started_at);
        made.expected = about.expect(
            row.is(Status::issued) ? EventType::renewal_completed : EventType::certificate_issued, Party::ca,
            not_after);
        return made;
    }
    if (!row.is(Status::issued) || about.now > not_after) return step(StepName::renewal, StepState::skipped);
    const Instant from = renewal_from(row, about.book, about.now);
    const Party who = row.hosted ? Party::service : Party::applicant;
    if (about.now < from) {
        auto made = step(StepName::renewal, StepState::waiting);
        made.expected = about.expect(EventType::renewal_due, Party::service, from);
        return made;
    }
    auto made = step(StepName::renewal, StepState::current, row.renewal_due_at);
    made.expected = about.expect(EventType::renewal_started, who, not_after);
    return made;
}

ProgressStep revocation_step(const StepCase& about) {
    const auto& row = about.row;
    if (row.revoked) {
        auto made = step(StepName::revocation, StepState::done, row.revoked->at);
        made.cause = std::string(to_name(row.revoked->reason));
        return made;
    }
    if (row.uploaded) return step(StepName::revocation, StepState::skipped);
    if (about.unissued())
        return step(StepName::revocation, about.closed ? StepState::skipped : StepState::waiting);
    if (row.revocation) {
        auto made = step(StepName::revocation, StepState::current, row.revocation->requested_at);
        made.cause = std::string(to_name(row.revocation->reason));
        const bool mail_missing = identity_checked(row) && !row.revocation->confirmed_at;
        made.expected =
            mail_missing
                ? about.expect(EventType::revocation_confirmed, Party::applicant, row.revocation->due)
                : about.expect(EventType::certificate_revoked, Party::ca, row.revocation->due);
        return made;
    }
    if (row.revocation_declined) {
        auto made = step(StepName::revocation, StepState::failed, row.revocation_declined->at);
        made.cause = row.revocation_declined->cause;
        return made;
    }
    return step(StepName::revocation, row.is(Status::issued) ? StepState::waiting : StepState::skipped);
}

ProgressStep refund_step(const StepCase& about) {
    const auto& row = about.row;
    if (row.refund) {
        if (row.refund->paid_at) return step(StepName::refund, StepState::done, row.refund->paid_at);
        if (!row.refund->granted) {
            auto made = step(StepName::refund, StepState::failed, row.refund->decided_at);
            made.cause = std::string(to_name(row.refund->reason));
            return made;
        }
        auto made = step(StepName::refund, StepState::current, row.refund->decided_at);
        made.expected = about.expect(EventType::refund_paid, Party::operator_,
                                     moved(row.refund->decided_at, kPaymentLimitSeconds));
        return made;
    }
    const auto standing = refund_of(row, about.book, about.now, about.zones).state;
    return step(StepName::refund,
                standing == RefundStanding::eligible ? StepState::waiting : StepState::skipped);
}

}  // namespace certledger::projections
