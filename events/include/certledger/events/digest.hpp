// Role: fixed-size octet strings that stand in events, and their hexadecimal form. No hashing happens here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::events {

/// A SHA-256 digest (or any other 32 octets, such as a Merkle node).
using Digest = std::array<std::uint8_t, 32>;

/// Octets of any length; JSON shows them in base64.
using Bytes = std::vector<std::uint8_t>;

/// Lower-case hexadecimal, two digits an octet.
[[nodiscard]] std::string to_hex(const std::uint8_t* data, std::size_t size);
[[nodiscard]] std::string to_hex(const Digest& digest);
[[nodiscard]] std::string to_hex(const Bytes& bytes);

/// Reads an even number of hexadecimal digits of either case; nothing else is taken. Empty text gives empty
/// bytes.
[[nodiscard]] std::optional<Bytes> bytes_from_hex(std::string_view text);

/// Reads exactly 64 hexadecimal digits.
[[nodiscard]] std::optional<Digest> digest_from_hex(std::string_view text);

/// RFC 4648 section 4 base64, with padding.
[[nodiscard]] std::string to_base64(const std::uint8_t* data, std::size_t size);
[[nodiscard]] std::string to_base64(const Bytes& bytes);
[[nodiscard]] std::string to_base64(const Digest& digest);

/// Strict: canonical padding and zero trailing bits, no white space.
[[nodiscard]] std::optional<Bytes> bytes_from_base64(std::string_view text);
[[nodiscard]] std::optional<Digest> digest_from_base64(std::string_view text);

}  // namespace certledger::events
