// Role: the fold of one certificate's lawful event into its row, its targets and its predecessor's row.
#pragma once

#include <certledger/events/events.hpp>
#include <certledger/projections/memory_rows.hpp>

namespace certledger::projections {

/// The machine has allowed the event; the caller sets the status after it.
void fold_certificate(MemoryRows& rows, CertificateRow& row, const events::Event& event, Instant at);

/// Counts what was granted back in the month of the decision (UTC).
/// With -1 takes it out again.
void add_to_total(MemoryRows& rows, std::string_view account, const events::Money& amount, Instant decided,
                  int sign = 1);

/// Counts a certificate in or out of a status.
void add_to_count(MemoryRows& rows, const CertificateRow& row, Status status, std::int64_t more);

}  // namespace certledger::projections
