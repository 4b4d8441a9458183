// Role: policies as people write and read them: files with the object that adopt-policy takes, and terms on
// one line.
#pragma once

#include <certledger/events/policy.hpp>
#include <certledger/events/result.hpp>

#include <string>
#include <vector>

namespace certledger::cli {

/// The policies of a file, `-` for standard input: one object, an array of them, or what `policy show KIND
/// --json` prints. invalid_input names the member that is wrong. Whether the terms are well-formed is not
/// looked at.
[[nodiscard]] Result<std::vector<events::Policy>> read_policies(const std::string& file);

/// The members of a policy beside kind and date, on one line.
[[nodiscard]] std::string terms_text(const events::Policy& policy);

}  // namespace certledger::cli
