// Role: the refund of one certificate at an instant.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/projections/amount_text.hpp>
#include <certledger/projections/certificate_row.hpp>
#include <certledger/projections/refunds/refunds.hpp>

namespace certledger::projections {

[[nodiscard]] Refund refund_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now,
                               const policies::Zones& zones);

}  // namespace certledger::projections
