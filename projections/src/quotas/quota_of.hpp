// Role: one quota as the ledger of quotas shows it.
#pragma once

#include <certledger/projections/other_rows.hpp>
#include <certledger/projections/quotas/quotas.hpp>

namespace certledger::projections {

[[nodiscard]] QuotaItem quota_of(const QuotaRow& row);

}  // namespace certledger::projections
