// Role: how the program ends. The codes are a contract with scripts.
#pragma once

#include <certledger/events/result.hpp>
#include <string_view>

namespace certledger::cli {

enum ExitCode : int {
    exit_done = 0,
    exit_refused = 1,
    exit_usage = 2,
    exit_not_found = 3,
    exit_damaged = 4,
    exit_outside = 5,
    exit_conflict = 6,
    exit_bug = 70,
};

struct ExitCodeRow {
    ExitCode code;
    const char* meaning;
};

/// The codes in words: for help and the reference.
inline constexpr ExitCodeRow kExitCodes[] = {
    {exit_done, "done"},
    {exit_refused, "refused by a rule; the refusal is on stderr, or with --json on stdout"},
    {exit_usage, "wrong usage or input"},
    {exit_not_found, "not found"},
    {exit_damaged, "the ledger is damaged, or a proof fails"},
    {exit_outside, "the outside world failed (CA, DNS, target, disk full); it can be tried again"},
    {exit_conflict, "others were faster, more often than it was tried again"},
    {exit_bug, "a bug"},
};

[[nodiscard]] inline int exit_code(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::invalid_input:
            return exit_usage;
        case ErrorKind::not_found:
            return exit_not_found;
        case ErrorKind::damaged:
            return exit_damaged;
        case ErrorKind::outside:
            return exit_outside;
        case ErrorKind::conflict:
            return exit_conflict;
    }
    return exit_bug;
}

[[nodiscard]] inline std::string_view name_of(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::invalid_input:
            return "invalid-input";
        case ErrorKind::not_found:
            return "not-found";
        case ErrorKind::damaged:
            return "damaged";
        case ErrorKind::outside:
            return "outside";
        case ErrorKind::conflict:
            return "conflict";
    }
    return "bug";
}

}  // namespace certledger::cli
