#include <algorithm>

#include "progress_of.hpp"

namespace certledger::projections {

Progress progress_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now,
                     const policies::Zones& zones) {
    const StepCase about{row, book, now, zones, !row.ever_issued() && row.refunded()};
    Progress progress;
    progress.certificate = row.certificate;
    progress.status = row.status;
    auto& steps = progress.steps;
    steps.push_back(purchase_step(about));
    steps.push_back(application_step(about));
    const auto validations = validation_steps(about);
    steps.insert(steps.end(), validations.begin(), validations.end());
    const bool validated = std::all_of(validations.begin(), validations.end(),
                                       [](const auto& made) { return made.state == StepState::done; });
    steps.push_back(review_step(about, validated));
    steps.push_back(issue_step(about));
    steps.push_back(deployment_step(about));
    steps.push_back(renewal_step(about));
    steps.push_back(revocation_step(about));
    steps.push_back(refund_step(about));
    return progress;
}

}  // namespace certledger::projections
