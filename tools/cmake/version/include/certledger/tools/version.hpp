#pragma once

// Role: says which build this is, for `certledger --version` and for the bench's report.
// Both functions return strings that live as long as the program, from any thread.

namespace certledger::tools {

/// The project's version, for example "0.1.0".
[[nodiscard]] const char* version() noexcept;

/// The abbreviated git commit, with "-dirty" when the tree had changes, or "unknown" when built outside of
/// git.
[[nodiscard]] const char* commit() noexcept;

}  // namespace certledger::tools
