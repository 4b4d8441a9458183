// Role: the log's signing key and the origin that it signs for, in the vault.
#pragma once

#include <certledger/adapters/vault/vault.hpp>
#include <certledger/store/tlog/keys.hpp>
#include <optional>
#include <string>

namespace certledger::evidence {

/// The signer that the vault holds; nothing when there is none yet. `default_origin` stands in for a vault
/// that holds a key without a name. damaged: what the vault holds is no key.
[[nodiscard]] Result<std::optional<store::tlog::Signer>> find_signer(adapters::vault::Vault& vault,
                                                                     const std::string& default_origin);

/// Makes a key for the origin in place of any other; durable on return. invalid_input: the origin is no good
/// name.
[[nodiscard]] Result<store::tlog::Signer> make_signer(adapters::vault::Vault& vault,
                                                      const std::string& origin);

}  // namespace certledger::evidence
