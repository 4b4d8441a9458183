// Role: the verbs of `audit`. Each file of this folder describes one or two of them and carries them out; the
// table of verbs is in nouns/audit.cpp.
#pragma once

#include "args/command.hpp"

namespace certledger::cli {

void describe_audit_diff(Command& verb);
void describe_audit_replay(Command& verb);
void describe_audit_sweep(Command& verb);
void describe_audit_verify(Command& verb);
void describe_audit_what_if(Command& verb);

}  // namespace certledger::cli
