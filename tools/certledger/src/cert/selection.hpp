// Role: the flags that choose certificates, shared by `list` and `cert revoke --where`.
#pragma once

#include <certledger/projections/list/list_query.hpp>

#include "args/values.hpp"

namespace certledger::cli {

/// Adds the flags; `query` receives what they say.
void describe_selection(Command& verb, projections::ListQuery& query);

/// Whether any flag narrows the selection.
[[nodiscard]] bool narrows(const projections::ListQuery& query);

}  // namespace certledger::cli
