// Role: answers a query out of the views.
#pragma once

#include <certledger/domain/refusal.hpp>
#include <certledger/events/json/json.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <tl/expected.hpp>

#include "line.hpp"

namespace certledger::exec {

using QueryOutcome = tl::expected<events::json::OrderedJson, domain::Refusal>;

/// The result, or why there is none. Nothing may be pending in the ledger. Errors are those of log and views.
[[nodiscard]] Result<QueryOutcome> run_query(engine::Ledger& ledger, const QueryRequest& request);

}  // namespace certledger::exec
