// Role: whether a ledger still is what was promised: opens it with the real engine, verifies it, and compares
// it with what had been answered. To be called in a child process: an environment must not be open across
// fork.
#pragma once

#include <certledger/events/digest.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "support/workload.hpp"

namespace certledger::durability {

/// All that a ledger came to hold, to compare others with.
struct History {
    std::vector<events::Bytes> records;  ///< The record of position p at index p - 1.
    std::vector<std::string> commands;   ///< The command that left it; empty for the first records.
    std::vector<Answered> answers;
};

struct Promise {
    std::size_t answers = 0;           ///< So many of the history's answers had been given.
    std::vector<std::uint64_t> heads;  ///< Where the log may end; empty: at the end of any command.
    bool may_be_missing = false;       ///< Nothing was promised yet: there may be no log.
};

struct Verdict {
    std::string complaint;  ///< Empty when all holds.
    std::uint64_t head = 0;
};

/// Every record of a ledger with the commands; throws when it does not read.
[[nodiscard]] History read_history(const std::filesystem::path& ledger, std::vector<Answered> answers);

/// Where the log of a folder ends; 0 when there is none. Opens it for reading only.
[[nodiscard]] std::uint64_t log_end(const std::filesystem::path& ledger);

/// Opens the ledger and requires: it opens for writing, `audit verify` finds nothing, the records are those
/// of the history up to a place where the log may end, all that was answered is there with its private keys
/// and is answered again with the same positions, what was not answered can be given again, and a checkpoint
/// can be signed.
[[nodiscard]] Verdict judge(const std::filesystem::path& ledger, const History& history,
                            const Promise& promise);

/// Gives all the lines to the ledger; the answers, one a line. Throws when that is not possible.
[[nodiscard]] std::vector<std::string> give(const std::filesystem::path& ledger,
                                            const std::vector<std::string>& lines);

}  // namespace certledger::durability
