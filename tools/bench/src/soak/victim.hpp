// Role: a second process on the same ledger, `certledger exec`, that is killed in the middle of its work.
#pragma once

#include <string>

#include "soak/parts.hpp"

namespace certledger::bench {

/// Starts `program exec` on the ledger, gives it orders, keeps the answers that came, kills it, and so on
/// until the run is over. Every life numbers its orders on from the one before.
void run_victim(SoakRun& run, const std::string& program, const std::string& ledger, std::uint64_t seed);

}  // namespace certledger::bench
