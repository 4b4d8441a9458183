// Role: help laid out for the width of the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace certledger::cli {

/// The text with lines of at most `width` columns: descriptions of options go on under themselves, notes flow
/// as paragraphs, examples stay lines that can be pasted. A width under 40 or kUnlimited leaves it as it is.
[[nodiscard]] std::string laid_out(std::string_view help, std::size_t width);

}  // namespace certledger::cli
