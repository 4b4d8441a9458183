// Role: text as a terminal shows it: how wide it is, cut so that no character breaks, and harmless.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::cli {

/// Columns that the text takes; wide (CJK) characters take two, combining ones none. UTF-8.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Control characters, line ends and characters that turn the direction of writing are made visible as
/// `\u{…}`: what a stranger wrote into a name or a cause must not steer the terminal.
[[nodiscard]] std::string harmless(std::string_view text);

/// At most `width` columns; what is cut ends in `…`.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);

/// Exactly `width` columns: cut, or filled with spaces on the right (on the left when `right`).
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width, bool right = false);

/// The same as separate lines of exactly `width` columns; a word that is longer is broken. At least one line.
[[nodiscard]] std::vector<std::string> wrapped_lines(std::string_view text, std::size_t width);

/// Lines of at most `width` columns, broken at spaces; every line but the first begins with `indent` spaces.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace certledger::cli
