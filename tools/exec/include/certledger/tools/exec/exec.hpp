// Role: commands and queries as JSON Lines (`certledger exec`, docs: exec): one line in, one answer line out,
// in order. Nothing but the ledger and its vault is touched.
#pragma once

#include <certledger/events/ids.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/json/json.hpp>
#include <certledger/events/result.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <optional>
#include <string>

namespace certledger::exec {

/// The longest line that is read, in octets; a longer one is answered as no JSON.
inline constexpr std::size_t kMaxLine = std::size_t{1} << 20U;

struct ExecOptions {
    events::AccountId account{"default"};  ///< For lines without `account`.
    std::string actor;                     ///< For lines without `actor`.
    std::optional<std::string> as_of;      ///< `--as-of`, for queries without `as_of`: a time or a position.
    std::optional<events::Instant> as_at;  ///< `--as-at`, for queries without `as_at`.
};

/// Reads lines from a file descriptor until its end and writes the answers to another. Answers are written
/// once their events are durable: when the input pauses, when a batch is full, and at the end. Memory does
/// not grow with the input. Gives the number of lines answered when every line was. An error (the disk is
/// full, the log is damaged, `--now` cannot be used for commands, `as_of` is neither a time nor a position,
/// the output cannot be written) leaves the lines from there on unanswered.
[[nodiscard]] Result<std::uint64_t> run(engine::Ledger& ledger, int input, int output,
                                        const ExecOptions& options);

/// JSON Schema (draft 2020-12) of an input line, from the descriptions of the commands.
[[nodiscard]] events::json::OrderedJson schema();

}  // namespace certledger::exec
