#include "evidence_of.hpp"

namespace certledger::projections {

namespace {

/// A confirmed mail proves every DNS name of an ov or ev order.
void take_mail(EvidenceItem& item, const CertificateRow& row) {
    if (!row.application) return;
    item.method = events::ValidationMethod::mail;
    item.challenged_at = row.application->mail_sent_at;
    if (!row.application->mail_confirmed_at) return;
    item.succeeded = true;
    item.at = row.application->mail_confirmed_at;
}

void take_result(EvidenceItem& item, const CertificateRow& row) {
    for (const auto& validation : row.validations) {
        if (validation.name != item.name) continue;
        item.method = validation.method;
        item.challenged_at = validation.challenged_at;
        item.succeeded = validation.succeeded;
        if (!validation.succeeded) return;
        item.at = validation.at;
        if (!validation.cause.empty()) item.cause = validation.cause;
    }
}

}  // namespace

Evidence evidence_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    Evidence evidence;
    if (row.uploaded) return evidence;
    for (const auto& name : row.names) {
        EvidenceItem item;
        item.certificate = row.certificate;
        item.name = name.ascii;
        if (identity_checked(row) && !is_address(name.ascii)) {
            take_mail(item, row);
        } else {
            take_result(item, row);
        }
        if (item.succeeded.value_or(false)) item.reusable_until = reusable_until(book, *item.at, now);
        evidence.items.push_back(std::move(item));
    }
    return evidence;
}

}  // namespace certledger::projections
