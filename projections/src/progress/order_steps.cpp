// Steps up to the issue. An uploaded certificate was ordered elsewhere: for it they are skipped.
#include <algorithm>

#include "progress_of.hpp"

namespace certledger::projections {

using events::EventType;

ProgressStep purchase_step(const StepCase& about) {
    if (about.row.uploaded) return step(StepName::purchase, StepState::skipped);
    return step(StepName::purchase, StepState::done, about.row.created_at);
}

ProgressStep application_step(const StepCase& about) {
    const auto& row = about.row;
    if (row.uploaded) return step(StepName::application, StepState::skipped);
    if (row.application && !row.application->withdrawn_at)
        return step(StepName::application, StepState::done, row.application->submitted_at);
    if (about.closed) return step(StepName::application, StepState::skipped);
    auto made = step(StepName::application, StepState::current);
    made.expected = about.expect(EventType::application_submitted, Party::applicant);
    return made;
}

namespace {

/// Where a step of validation stands while nothing was proven.
StepState unproven(const StepCase& about) {
    if (about.closed || !about.unissued()) return StepState::skipped;
    return about.pending() ? StepState::current : StepState::waiting;
}

/// A proof counts for ever once the certificate is issued; before, only while it may be used.
bool usable(const StepCase& about, Instant proven) {
    return !about.unissued() || reusable(about.book, proven, about.now);
}

const ValidationRow* result_of(const CertificateRow& row, const std::string& name) {
    for (const auto& validation : row.validations) {
        if (validation.name == name && validation.succeeded) return &validation;
    }
    return nullptr;
}

/// The applicant publishes what is asked for, except where the service does it by itself.
Party prover(const CertificateRow& row) {
    const bool by_itself =
        row.application && row.application->validation == events::ValidationMethod::dns_auto;
    return by_itself ? Party::service : Party::applicant;
}

ProgressStep name_step(const StepCase& about, const std::string& name) {
    const auto* result = result_of(about.row, name);
    auto made = step(StepName::validation, unproven(about));
    if (result != nullptr && *result->succeeded && usable(about, result->at)) {
        made = step(StepName::validation, StepState::done, result->at);
    } else if (result != nullptr && !*result->succeeded && about.unissued() && !about.closed) {
        made = step(StepName::validation, StepState::failed, result->at);
        made.cause = result->cause;
    }
    if (about.pending() && made.state != StepState::done)
        made.expected = about.expect_in_review(EventType::domain_validated, prover(about.row));
    return made;
}

/// Only a mail proves the names of an ov or ev order; its addresses are proven one by one.
ProgressStep mail_step(const StepCase& about) {
    const auto& application = about.row.application;
    const bool live = application && !application->withdrawn_at && !application->rejected;
    const auto confirmed = application ? application->mail_confirmed_at : std::nullopt;
    if (!confirmed || !usable(about, *confirmed) || (about.unissued() && !live)) {
        auto made = step(StepName::validation, unproven(about));
        if (about.pending() && live) {
            made.expected =
                application->mail_sent_at
                    ? about.expect_in_review(EventType::validation_mail_confirmed, Party::applicant)
                    : about.expect_in_review(EventType::validation_mail_sent, Party::ca);
        }
        return made;
    }
    return step(StepName::validation, StepState::done, *confirmed);
}

/// One step over the mail and all addresses: the first that is not done says where it stands.
ProgressStep identity_step(const StepCase& about) {
    auto whole = mail_step(about);
    for (const auto& name : about.row.names) {
        if (!is_address(name.ascii)) continue;
        auto part = name_step(about, name.ascii);
        if (part.state == StepState::failed) return part;
        if (whole.state != StepState::done) continue;
        if (part.state != StepState::done || part.at > whole.at) whole = part;
    }
    return whole;
}

}  // namespace

std::vector<ProgressStep> validation_steps(const StepCase& about) {
    if (about.row.uploaded) return {step(StepName::validation, StepState::skipped)};
    if (identity_checked(about.row)) return {identity_step(about)};
    std::vector<ProgressStep> steps;
    for (const auto& name : about.row.names) {
        steps.push_back(name_step(about, name.ascii));
        steps.back().name = name.ascii;
    }
    return steps;
}

ProgressStep review_step(const StepCase& about, bool validated) {
    const auto& row = about.row;
    if (row.uploaded) return step(StepName::review, StepState::skipped);
    const auto& application = row.application;
    if (!about.unissued()) {
        const auto decided = application ? application->issuance_intended_at : std::nullopt;
        return step(StepName::review, StepState::done, decided.value_or(row.issuance->at));
    }
    if (row.is(Status::validation_failed) && application && application->rejected) {
        auto made = step(StepName::review, StepState::failed, application->rejected->at);
        made.cause = application->rejected->cause;
        // What helps is another application.
        if (!about.closed) made.expected = about.expect(EventType::application_submitted, Party::applicant);
        return made;
    }
    if (about.closed) return step(StepName::review, StepState::skipped);
    if (!about.pending() || !application) return step(StepName::review, StepState::waiting);
    if (application->issuance_intended_at)
        return step(StepName::review, StepState::done, application->issuance_intended_at);
    if (!validated && !application->review_started_at) return step(StepName::review, StepState::waiting);
    auto made = step(StepName::review, StepState::current, application->review_started_at);
    const bool identity = identity_checked(row);
    if (identity && !application->review_started_at && !application->organization_verified_at) {
        made.expected = about.expect_in_review(EventType::review_started, Party::ca);
    } else if (identity && !application->organization_verified_at) {
        made.expected = about.expect_in_review(EventType::organization_verified, Party::ca);
    } else if (validated) {
        made.expected = about.expect_in_review(EventType::certificate_issued, Party::ca);
    }
    return made;
}

ProgressStep issue_step(const StepCase& about) {
    const auto& row = about.row;
    if (row.issuance) return step(StepName::issue, StepState::done, row.issuance->at);
    if (about.closed) return step(StepName::issue, StepState::skipped);
    const auto& application = row.application;
    if (!about.pending() || !application) return step(StepName::issue, StepState::waiting);
    auto made = step(StepName::issue, StepState::waiting);
    if (application->issuance_failed) {
        made = step(StepName::issue, StepState::failed, application->issuance_failed->at);
        made.cause = application->issuance_failed->cause;
    } else if (application->issuance_intended_at) {
        made = step(StepName::issue, StepState::current, application->issuance_intended_at);
    }
    if (made.state != StepState::waiting)
        made.expected = about.expect_in_review(EventType::certificate_issued, Party::ca);
    return made;
}

}  // namespace certledger::projections
