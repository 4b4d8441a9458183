#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/tile_path.hpp>

#include "text.hpp"

namespace certledger::store::tlog {
namespace {

constexpr std::string_view prefix = "tile/";
constexpr std::string_view partial_mark = ".p/";
constexpr std::size_t longest_path = 64;

std::string three_digits(std::uint64_t value) {
    std::string digits = std::to_string(value);
    return std::string(3 - digits.size(), '0') + digits;
}

/// The index in its path elements without the marks: "x001/x234/067" gives 1234067.
std::optional<std::uint64_t> parse_index(std::string_view text) {
    std::string digits;
    while (text.starts_with('x')) {
        if (text.size() < 5 || text[4] != '/') return std::nullopt;
        digits += text.substr(1, 3);
        text.remove_prefix(5);
    }
    if (text.size() != 3) return std::nullopt;
    digits += text;
    const std::size_t first = digits.find_first_not_of('0');
    return parse_decimal(first == std::string::npos ? "0" : std::string_view(digits).substr(first));
}

std::optional<TilePath> parse_lenient(std::string_view text) {
    if (text.size() > longest_path || !text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    TilePath path;
    if (const auto level = text.substr(0, slash); level != "entries") {
        const auto number = parse_decimal(level);
        if (!number || *number > 63) return std::nullopt;
        path.level = static_cast<unsigned>(*number);
    }
    text.remove_prefix(slash + 1);
    if (const std::size_t mark = text.find(partial_mark); mark != std::string_view::npos) {
        const auto width = parse_decimal(text.substr(mark + partial_mark.size()));
        if (!width || *width < 1 || *width > 255) return std::nullopt;
        path.width = static_cast<unsigned>(*width);
        text = text.substr(0, mark);
    }
    const auto index = parse_index(text);
    if (!index) return std::nullopt;
    path.index = *index;
    return path;
}

}  // namespace

std::string format_tile_path(const TilePath& path) {
    CERTLEDGER_CHECK(path.width >= 1 && path.width <= 256 && path.level.value_or(0) <= 63);
    std::string index = three_digits(path.index % 1000);
    for (std::uint64_t rest = path.index / 1000; rest != 0; rest /= 1000) {
        std::string element(1, 'x');
        index = element.append(three_digits(rest % 1000)).append("/").append(index);
    }
    std::string text(prefix);
    text += (path.level ? std::to_string(*path.level) : std::string("entries")) + "/" + index;
    if (path.width < 256) text += std::string(partial_mark) + std::to_string(path.width);
    return text;
}

Result<TilePath> parse_tile_path(std::string_view text) {
    const std::optional<TilePath> path = parse_lenient(text);
    // A name has one form: what does not come out the same again (leading x000/) is refused.
    if (!path || format_tile_path(*path) != text) {
        return fail(ErrorKind::invalid_input, "tile path " + quoted(text) +
                                                  ": must be tile/<L>/<N>[.p/<W>] or "
                                                  "tile/entries/<N>[.p/<W>] as C2SP tlog-tiles writes it");
    }
    return *path;
}

}  // namespace certledger::store::tlog
