// Role: the keys under which the log finds a record again besides its stream (store::KeysOf).
#pragma once

#include <certledger/events/envelope.hpp>
#include <string>
#include <vector>

namespace certledger::engine {

/// The id of the command that was accepted, fingerprints of certificates, targets of deployments. A
/// command-refused record claims no command id (rulings 14). A payload that does not decode has none of the
/// last two.
void record_keys(const events::RecordView& record, std::vector<std::string>& keys);

}  // namespace certledger::engine
