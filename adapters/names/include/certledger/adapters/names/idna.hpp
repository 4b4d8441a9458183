// Role: internationalised domain names: UTS 46 (Unicode 15) non-transitional processing on top of IDNA 2008.
//
// The flags in use are the strict ones: UseSTD3ASCIIRules, CheckHyphens, CheckBidi (also across labels),
// CheckJoiners, VerifyDnsLength; and characters that UTS 46 takes but IDNA 2008 disallows (NV8: symbols,
// emoji) are refused. All functions are thread-safe.
#pragma once

#include <certledger/events/result.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::adapters::names {

/// No name may be given in more octets than this; checked before anything else.
inline constexpr std::size_t kMaxNameOctets = 1024;

/// The A-label form of a domain name of one or more labels, in lower case. invalid_input: the message names
/// the rule that the name breaks. A dot at the end (the root) is kept as `.`.
[[nodiscard]] Result<std::string> to_ascii(std::string_view utf8);

/// The U-label form for display. The name must have come from to_ascii; a label that does not decode stays as
/// it is.
[[nodiscard]] std::string to_unicode(std::string_view ascii);

/// Octets of the full stop at the front (or end) of the text: 1 for `.`, 3 for the three others that UTS 46
/// maps to it, 0 when there is none.
[[nodiscard]] std::size_t leading_dot(std::string_view utf8) noexcept;
[[nodiscard]] std::size_t trailing_dot(std::string_view utf8) noexcept;

/// RFC 3492, without the `xn--`: nothing when the input is no Punycode, or longer than 1,024 units.
[[nodiscard]] std::optional<std::u32string> punycode_decode(std::string_view text);
[[nodiscard]] std::optional<std::string> punycode_encode(std::u32string_view text);

/// Strict UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] std::optional<std::u32string> decode_utf8(std::string_view text);
[[nodiscard]] std::string encode_utf8(std::u32string_view text);

}  // namespace certledger::adapters::names
