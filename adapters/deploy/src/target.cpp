#include <algorithm>
#include <certledger/adapters/deploy/target.hpp>

namespace certledger::adapters::deploy {

namespace {

bool good_kind(std::string_view kind) {
    return !kind.empty() && kind.size() <= 32 && std::all_of(kind.begin(), kind.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool goes_up(std::string_view path) {
    return path.find("/../") != std::string_view::npos || path.ends_with("/..");
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !good_kind(text.substr(0, colon))) {
        return fail(ErrorKind::invalid_input,
                    "target: must be KIND:/PATH with a kind of lower-case letters, such as nginx:/etc/tls");
    }
    std::string_view path = text.substr(colon + 1);
    while (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const bool control =
        std::any_of(path.begin(), path.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
    if (!path.starts_with('/') || path.starts_with("//") || path.size() > 4000 || control || goes_up(path)) {
        return fail(
            ErrorKind::invalid_input,
            "target: its path must be absolute, at most 4000 octets, without '..' and control characters");
    }
    return Target{std::string(text.substr(0, colon)), std::string(path)};
}

}  // namespace certledger::adapters::deploy
