// Role: the verbs and nouns that deal with the log as evidence. describe_audit_... add to the noun `audit`.
#pragma once

#include <certledger/tools/evidence/evidence.hpp>

#include "args/command.hpp"
#include "context.hpp"

namespace certledger::cli {

/// checkpoint, sign, key, tiles, prove, check, consistency, witness.
void describe_audit_evidence(Command& noun);
void describe_audit_proofs(Command& noun);
void describe_audit_witness(Command& noun);

void describe_backup(Command& noun);
void describe_restore(Command& noun);
void describe_doctor(Command& noun);

/// The ledger of --ledger, which must be there: nothing is made for a question about evidence.
[[nodiscard]] Result<engine::Ledger*> existing_ledger(Context& context);

/// Prints a checkpoint as it is given out, or as JSON.
void print_checkpoint(Output& out, const evidence::SignedCheckpoint& checkpoint);

/// Most octets that a note or proof may have.
inline constexpr std::size_t kLargestProof = std::size_t{2} << 20U;

}  // namespace certledger::cli
