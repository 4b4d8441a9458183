// Role: the keys that the fuzz targets of the transparency log's formats know. They are no secret: inputs
// hold what they have signed.
#pragma once

#include <certledger/store/tlog/checkpoint.hpp>
#include <vector>

namespace certledger::fuzz {

/// The log fuzz.example/log.
[[nodiscard]] const store::tlog::Signer& log_signer();
/// The witness fuzz.example/witness.
[[nodiscard]] const store::tlog::Signer& witness_signer();

/// The published log whose checkpoints are among the seeds, and the two above.
[[nodiscard]] const std::vector<store::tlog::VerifierKey>& known_keys();

}  // namespace certledger::fuzz
