#include "refund_of.hpp"

namespace certledger::projections {

namespace {

void take_decision(Refund& refund, const RefundRow& decided) {
    refund.state = !decided.granted  ? RefundStanding::declined
                   : decided.paid_at ? RefundStanding::paid
                                     : RefundStanding::granted;
    if (decided.granted) refund.amount = decided.amount;
    refund.eligible_until = decided.inputs.window_end;
    refund.decided_at = decided.decided_at;
    refund.reason = decided.reason;
    refund.policy = decided.policy;
    refund.inputs = decided.inputs;
    if (decided.paid_at) {
        refund.paid_at = decided.paid_at;
        refund.reference = decided.reference;
    }
}

/// A refund can still be asked for, or come with a revocation.
bool open(const CertificateRow& row) {
    return row.is(Status::paid) || row.is(Status::pending_verification) ||
           row.is(Status::validation_failed) || row.is(Status::issued);
}

}  // namespace

Refund refund_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now,
                 const policies::Zones& zones) {
    Refund refund;
    refund.certificate = row.certificate;
    if (row.refund) {
        take_decision(refund, *row.refund);
        return refund;
    }
    if (row.uploaded || row.payment.minor == 0 || row.deleted()) return refund;
    // The same arithmetic as a decision taken now: the view promises nothing that a decision would not give.
    const auto [policy, ref] = book.get<events::RefundPolicy>(now);
    const auto issued_at = row.issuance ? std::optional(row.issuance->at) : std::nullopt;
    const auto verdict =
        policies::judge_refund(policy, ref, {row.payment, row.paid_at, issued_at, now, false}, zones);
    refund.eligible_until = verdict.inputs.window_end;
    if (!verdict.granted && verdict.reason == events::RefundReason::unissued_not_refundable) return refund;
    refund.policy = ref;
    if (verdict.granted && open(row)) {
        refund.state = RefundStanding::eligible;
        refund.amount = row.payment;
    } else {
        refund.state = RefundStanding::closed;
    }
    return refund;
}

std::string amount_text(const TotalRow& total) {
    std::string digits = std::to_string(total.low);
    if (total.high > 0) digits = std::to_string(total.high) + std::string(18 - digits.size(), '0') + digits;
    const auto exponent = static_cast<std::size_t>(events::currency_exponent(total.currency).value_or(0));
    if (exponent > 0) {
        if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
        digits.insert(digits.size() - exponent, ".");
    }
    return digits + " " + total.currency;
}

}  // namespace certledger::projections
