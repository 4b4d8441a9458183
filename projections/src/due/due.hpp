// Role: what is due of one certificate.
#pragma once

#include <certledger/projections/due/due.hpp>

#include "standing.hpp"

namespace certledger::projections {

/// What is due by `now` and not made yet, in order of its instant.
[[nodiscard]] std::vector<DueItem> due_of(const CertificateRow& row, const policies::PolicyBook& book,
                                          Instant now);

}  // namespace certledger::projections
