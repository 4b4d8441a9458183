// Role: AES-256-GCM (NIST SP 800-38D) with a random nonce in front and the tag behind.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace certledger::adapters::vault {

inline constexpr std::size_t kKeyOctets = 32;
inline constexpr std::size_t kNonceOctets = 12;
inline constexpr std::size_t kTagOctets = 16;

/// Puts nonce, ciphertext and tag at the end of `out`.
void gcm_seal(std::span<const std::uint8_t> key, std::string_view associated,
              std::span<const std::uint8_t> plain, events::Bytes& out);

/// Nothing when the tag does not fit.
[[nodiscard]] std::optional<SecretBytes> gcm_open(std::span<const std::uint8_t> key,
                                                  std::string_view associated,
                                                  std::span<const std::uint8_t> sealed);

/// RFC 5869 with SHA-256 and no salt, 32 octets.
[[nodiscard]] SecretBytes hkdf(std::span<const std::uint8_t> key, std::string_view info);

[[nodiscard]] SecretBytes random_key();

}  // namespace certledger::adapters::vault
