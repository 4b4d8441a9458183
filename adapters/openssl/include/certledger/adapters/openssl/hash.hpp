// Role: digests, message authentication and key derivation, for callers that must not see OpenSSL.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace certledger::adapters::openssl {

// All functions are thread-safe. None fails on any input; a library that cannot hash at all is a bug
// (ContractViolation).

[[nodiscard]] events::Digest sha256(std::span<const std::uint8_t> octets);
[[nodiscard]] events::Digest sha256(std::string_view text);

/// RFC 2104 with SHA-256.
[[nodiscard]] events::Digest hmac_sha256(std::span<const std::uint8_t> key,
                                         std::span<const std::uint8_t> octets);

/// RFC 5869 with SHA-256 and an empty salt; `size` at most 8,160 octets. Different `info` texts give
/// independent keys.
[[nodiscard]] SecretBytes hkdf_sha256(std::span<const std::uint8_t> key, std::string_view info,
                                      std::size_t size);

/// Octets from the operating system's generator, good for keys.
[[nodiscard]] SecretBytes random_bytes(std::size_t size);

}  // namespace certledger::adapters::openssl
