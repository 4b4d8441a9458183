// Role: reading the line formats of the C2SP specifications strictly; private to the tlog sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::store::tlog {

/// ASCII decimal without sign, spaces or superfluous zeros, at most 2^64 - 1.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// Well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text);

/// Contains a character that Unicode calls white space. The text must be UTF-8.
[[nodiscard]] bool has_unicode_space(std::string_view text);

/// Contains an ASCII control character below U+0020 other than the newline.
[[nodiscard]] bool has_control(std::string_view text);

/// Takes one line off the front, without its newline; empty when no newline is left.
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& rest);

/// For messages: the text in quotes, cut after 80 bytes, anything but printable ASCII shown as '?'.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace certledger::store::tlog
