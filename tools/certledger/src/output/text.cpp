#include "output/text.hpp"

#include <clocale>
#include <cstdint>
#include <cstdio>
#include <cwchar>

namespace certledger::cli {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t size = 1;  ///< Octets.
};

// Malformed octets stand for themselves, one column each.
Character next_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    std::size_t size = 1;
    char32_t code = first;
    if (first >= 0xF0 && first < 0xF8) {
        size = 4;
        code = first & 0x07U;
    } else if (first >= 0xE0) {
        size = 3;
        code = first & 0x0FU;
    } else if (first >= 0xC0) {
        size = 2;
        code = first & 0x1FU;
    }
    if (size == 1) return {first < 0x80 ? code : U'\uFFFD', 1};
    if (text.size() < size) return {U'\uFFFD', 1};
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {U'\uFFFD', 1};
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    return {code, size};
}

// wcwidth() knows no wide characters in the C locale.
std::size_t columns_of(char32_t code) {
    static const bool located = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
    if (code < 0x80 || !located) return 1;
    const int width = wcwidth(static_cast<wchar_t>(code));
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

bool steers(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E ||
           code == 0x200F || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xFEFF;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = next_character(text);
        width += columns_of(character.code);
        text.remove_prefix(character.size);
    }
    return width;
}

std::string harmless(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const Character character = next_character(text);
        if (steers(character.code)) {
            char shown[16];
            std::snprintf(shown, sizeof shown, "\\u{%x}", static_cast<unsigned>(character.code));
            result += shown;
        } else if (character.code == U'\uFFFD') {
            result += "\xEF\xBF\xBD";
        } else {
            result += text.substr(0, character.size);
        }
        text.remove_prefix(character.size);
    }
    return result;
}

std::string cut(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::string result;
    std::size_t used = 0;
    while (!text.empty()) {
        const Character character = next_character(text);
        const std::size_t columns = columns_of(character.code);
        if (used + columns + 1 > width) break;
        used += columns;
        result += text.substr(0, character.size);
        text.remove_prefix(character.size);
    }
    return result + "…";
}

std::string fitted(std::string_view text, std::size_t width, bool right) {
    std::string shown = cut(text, width);
    const std::string fill(width - display_width(shown), ' ');
    return right ? fill + shown : shown + fill;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::string result;
    std::size_t column = 0;
    while (!text.empty()) {
        const auto end = text.find(' ');
        const std::string_view word = text.substr(0, end);
        const std::size_t columns = display_width(word);
        if (column > indent && column + 1 + columns > width) {
            result += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > indent || (column > 0 && indent == 0)) {
            result += ' ';
            ++column;
        }
        result += word;
        column += columns;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return result;
}

namespace {

/// Takes as many characters from the front as fit, at least one.
std::string_view take_front(std::string_view& text, std::size_t width) {
    std::size_t octets = 0;
    std::size_t used = 0;
    while (octets < text.size()) {
        const Character character = next_character(text.substr(octets));
        used += columns_of(character.code);
        if (octets > 0 && used > width) break;
        octets += character.size;
    }
    const std::string_view front = text.substr(0, octets);
    text.remove_prefix(octets);
    return front;
}

}  // namespace

std::vector<std::string> wrapped_lines(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    const std::string folded = wrapped(text, width);
    std::string_view rest = folded;
    do {
        const auto end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        do {
            lines.push_back(fitted(take_front(line, width), width));
        } while (!line.empty());
    } while (!rest.empty());
    return lines;
}

}  // namespace certledger::cli
