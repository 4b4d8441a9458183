// Role: JSON of the views, as exec writes it.
#pragma once

#include <certledger/tools/exec/view_json.hpp>

namespace certledger::cli {

using exec::view_json;

}  // namespace certledger::cli
