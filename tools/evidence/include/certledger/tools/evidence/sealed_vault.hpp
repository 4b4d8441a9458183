// Role: a ledger's vault as it lies on the disk, sealed: for backup and restore, and for looking at its
// names.
#pragma once

#include <certledger/tools/evidence/backup.hpp>

namespace certledger::evidence {

/// Everything in the vault of a ledger's folder; an empty one when it has none. This process must not have
/// the vault open. damaged, outside: it does not read.
[[nodiscard]] Result<SealedVault> read_sealed_vault(const std::filesystem::path& ledger);

/// Makes the vault of a ledger to be. outside: it cannot be written.
[[nodiscard]] Result<void> write_sealed_vault(const std::filesystem::path& ledger, const SealedVault& vault);

}  // namespace certledger::evidence
