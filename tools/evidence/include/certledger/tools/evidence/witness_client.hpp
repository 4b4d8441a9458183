// Role: has a witness cosign a checkpoint over HTTP (C2SP tlog-witness, add-checkpoint).
#pragma once

#include <certledger/store/event_store.hpp>
#include <certledger/store/tlog/keys.hpp>
#include <certledger/tools/evidence/evidence.hpp>
#include <string>

namespace certledger::evidence {

/// Asks the witness at `url` (`http://…` or `https://…`, without /add-checkpoint) and gives the checkpoint
/// with its cosignature. What the witness remembers is learned from it. invalid_input: no such URL; damaged:
/// the witness knows a larger or another tree of this log, or its answer does not verify; outside: it cannot
/// be reached, or it does not serve this log.
[[nodiscard]] Result<std::string> ask_witness(const std::string& url, const store::tlog::VerifierKey& witness,
                                              const store::EventStore& log,
                                              const SignedCheckpoint& checkpoint);

}  // namespace certledger::evidence
