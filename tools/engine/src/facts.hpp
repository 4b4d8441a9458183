// Role: reads out of a command what the domain cannot read itself: names, requests, certificates, keys.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/domain/facts.hpp>
#include <certledger/domain/policies/book.hpp>

namespace certledger::engine {

/// Everything that follows from the command's text alone. Ids and tokens are the caller's to make.
[[nodiscard]] domain::Facts gather_facts(const domain::Command& command, const policies::Zones& zones);

/// Whether the command makes a stream whose id the caller left to the ledger: the named one or a successor.
[[nodiscard]] bool wants_generated_id(const domain::Command& command);

}  // namespace certledger::engine
