// Role: where the vault's master key comes from: an environment variable, or a file that only its owner can
// read.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace certledger::adapters::vault {

inline constexpr std::size_t kMasterKeyOctets = 32;
/// 64 hexadecimal digits; when it is set, no key file is read or made.
inline constexpr const char* kMasterKeyVariable = "CERTLEDGER_MASTER_KEY";

/// The key in a text of 64 hexadecimal digits. invalid_input for anything else; the text is not repeated.
[[nodiscard]] Result<SecretBytes> master_key_from_text(std::string_view hex);

/// Reads the key file: 64 hexadecimal digits and a line end. not_found: there is none. invalid_input: not a
/// regular file of this user, or a mode that lets others in (it must be 0600 or 0400). damaged: other
/// contents.
[[nodiscard]] Result<SecretBytes> read_master_key(const std::string& path);

/// Makes a key and its file, mode 0600, durable when it returns; of several processes that try, one makes it
/// and all read the same. The folder must exist. outside: it cannot be written.
[[nodiscard]] Result<SecretBytes> create_master_key(const std::string& path);

}  // namespace certledger::adapters::vault
