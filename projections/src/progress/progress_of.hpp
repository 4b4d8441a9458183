// Role: the steps of one certificate at an instant.
#pragma once

#include <certledger/projections/progress/progress.hpp>

#include "standing.hpp"

namespace certledger::projections {

[[nodiscard]] Progress progress_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now,
                                   const policies::Zones& zones);

/// What the steps are made from. `closed`: a refund was granted before any issue, so that nothing but its
/// payment and deletion can follow.
struct StepCase {
    const CertificateRow& row;
    const policies::PolicyBook& book;
    Instant now;
    const policies::Zones& zones;
    bool closed;

    [[nodiscard]] bool pending() const { return row.is(Status::pending_verification); }
    [[nodiscard]] bool unissued() const { return !row.ever_issued(); }
    [[nodiscard]] Expected expect(events::EventType event, Party from,
                                  std::optional<Instant> by = std::nullopt) const {
        return {event, from, by, by && now > *by};
    }
    /// An event that the review limit covers.
    [[nodiscard]] Expected expect_in_review(events::EventType event, Party from) const {
        return expect(event, from, review_limit(row, book));
    }
};

[[nodiscard]] inline ProgressStep step(StepName name, StepState state,
                                       std::optional<Instant> at = std::nullopt) {
    return {name, std::nullopt, state, at, std::nullopt, std::nullopt};
}

// Up to the issue (order_steps.cpp).
[[nodiscard]] ProgressStep purchase_step(const StepCase& about);
[[nodiscard]] ProgressStep application_step(const StepCase& about);
/// One for each name of a dv order, else one without a name.
[[nodiscard]] std::vector<ProgressStep> validation_steps(const StepCase& about);
[[nodiscard]] ProgressStep review_step(const StepCase& about, bool validated);
[[nodiscard]] ProgressStep issue_step(const StepCase& about);

// Behind the issue (life_steps.cpp).
[[nodiscard]] ProgressStep deployment_step(const StepCase& about);
[[nodiscard]] ProgressStep renewal_step(const StepCase& about);
[[nodiscard]] ProgressStep revocation_step(const StepCase& about);
[[nodiscard]] ProgressStep refund_step(const StepCase& about);

}  // namespace certledger::projections
