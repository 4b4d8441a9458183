// Role: the rules for labels that libidn2 leaves out or applies to single labels only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::names {

/// The bidi rule of RFC 5893 section 2 over all labels of a domain name (U-labels): once one label holds
/// right-to-left characters, every label must follow the rule. Returns the rule broken, or an empty text.
[[nodiscard]] std::string bidi_fault(const std::vector<std::u32string>& labels);

/// What else must hold for one U-label: NFC, no leading mark, no character that stands for a forbidden ASCII
/// one, every CONTEXTO character in its context.
[[nodiscard]] std::string label_fault(std::u32string_view label);

/// Letters, digits, inner hyphens, 1 to 63 octets, no hyphens in positions 3 and 4 except in an A-label.
/// Lower case.
[[nodiscard]] std::string ascii_label_fault(std::string_view label);

/// `U+200D` and the character itself when it can be shown.
[[nodiscard]] std::string describe(char32_t character);

}  // namespace certledger::adapters::names
