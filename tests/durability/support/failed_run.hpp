// Role: a run of the program that something made fail, and whether it lied about it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/judge.hpp"

namespace certledger::durability {

struct FailedRun {
    std::vector<Answered> answers;  ///< That were given before it ended.
    int code = 0;                   ///< Exit code, or minus a signal.
    std::string complaints;
};

/// Runs `exec` with the work on the ledger at `ledger`.
[[nodiscard]] FailedRun run_exec(const std::filesystem::path& ledger, const std::vector<Breath>& work,
                                 const ProbeOptions& probe);

/// To be called in a child once the cause is gone. Requires: exit code 5 with a message, or 0 with every
/// answer; the ledger opens and verifies and has all that was answered; what was not answered is not there
/// unless the message said that the outcome is unknown; no command is there by half; and the whole work can
/// be given again, with the answers that `sound` gave. Throws what does not hold. Gives whether the outcome
/// was unknown and something was there.
bool require_honest(const std::filesystem::path& ledger, const std::vector<Breath>& work,
                    const FailedRun& run, const std::vector<Answered>& sound);

}  // namespace certledger::durability
