// Role: the proofs of one certificate's names.
#pragma once

#include <certledger/projections/evidence/evidence.hpp>

#include "standing.hpp"

namespace certledger::projections {

[[nodiscard]] Evidence evidence_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now);

}  // namespace certledger::projections
