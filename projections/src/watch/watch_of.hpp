// Role: what is missing of one certificate.
#pragma once

#include <certledger/projections/watch/watch.hpp>

#include "standing.hpp"

namespace certledger::projections {

[[nodiscard]] std::vector<WatchItem> watch_of(const CertificateRow& row, const policies::PolicyBook& book,
                                              Instant now, const policies::Zones& zones);

}  // namespace certledger::projections
