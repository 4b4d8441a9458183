// Role: the one form in which a name of an order is checked, compared and stored.
#pragma once

#include <certledger/events/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace certledger::adapters::names {

enum class NameKind : std::uint8_t {
    plain,     ///< `www.example.com`
    wildcard,  ///< `*.example.com`
    ip4,       ///< `192.0.2.1`
    ip6,       ///< `2001:db8::1` (RFC 5952)
};

struct NormalName {
    std::string ascii;    ///< What is stored: A-labels in lower case without a trailing dot, or an address.
    std::string unicode;  ///< What is shown: the same with U-labels.
    NameKind kind = NameKind::plain;
};

/// Checks a name and brings it into its normal form. Taken: domain names of at least two labels in A-label or
/// Unicode form (a trailing dot is dropped), with one `*.` in front at most; IPv4 dotted quads; IPv6 without
/// brackets or zone. Refused (invalid_input, with the rule in the message): whatever IDNA refuses (idna.hpp),
/// underscores and other characters outside letters, digits and hyphens, a last label of digits only, public
/// suffixes of either section of the list, and a wildcard directly above one: nobody can order for such a
/// domain, as it has no registrable part. Thread-safe; well under a microsecond for lower-case ASCII, apart
/// from the public suffix list.
[[nodiscard]] Result<NormalName> normalize_name(std::string_view text);

/// The form in which names of orders are searched: an address in its canonical form, a name in A-labels
/// without trailing dot, `*.` in front kept. Taken: whatever has such a form, single labels and public
/// suffixes too, as
/// `*.com` asks for everything below. invalid_input: the rule that the text breaks.
[[nodiscard]] Result<std::string> searched_form(std::string_view text);

/// Whether the name (A-labels) is a public suffix, so that nothing can be registered as it. Unlisted
/// top-level domains are suffixes themselves (the list's rule `*`).
[[nodiscard]] bool is_public_suffix(const std::string& ascii);

/// The registrable domain of a name (A-labels): one label more than its public suffix. Empty when there is
/// none.
[[nodiscard]] std::string registrable_domain(const std::string& ascii);

}  // namespace certledger::adapters::names
