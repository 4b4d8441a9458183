// Role: the first records of a ledger, and what they say when it is opened again.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/tools/engine/ledger.hpp>

#include "session.hpp"

namespace certledger::engine {

/// Before anything is made: origin and actor. invalid_input: one is malformed.
[[nodiscard]] Result<void> check_genesis(const LedgerOptions& options);

/// Writes genesis and the default policies as one append (rulings 1). Somebody else doing the same at the
/// same moment is no error: theirs stand then. invalid_input: the origin is no name for a log.
[[nodiscard]] Result<void> write_genesis(store::EventStore& log, const LedgerOptions& options,
                                         const Sources& sources);

/// What the first record says. damaged: it is none of a ledger, or of a format that this program does not
/// know.
[[nodiscard]] Result<LedgerInfo> read_genesis(const store::EventStore& log, const std::string& path);

}  // namespace certledger::engine
