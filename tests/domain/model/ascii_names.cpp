#include "model/ascii_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace certledger::model {

namespace {

bool digits_and_dots(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool good_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool public_suffix(std::string_view name) {
    static constexpr std::array<std::string_view, 4> known{"co.uk", "com", "org", "uk"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace

Name read_name(std::string_view given) {
    Name read;
    for (const char c : given) read.ascii += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!read.ascii.empty() && read.ascii.back() == '.') read.ascii.pop_back();
    std::string_view rest = read.ascii;
    if (rest.find(':') != std::string_view::npos ||
        (digits_and_dots(rest) && std::count(rest.begin(), rest.end(), '.') == 3)) {
        read.form = Form::address;
        read.good = true;
        return read;
    }
    if (rest.substr(0, 2) == "*.") {
        read.form = Form::wildcard;
        rest.remove_prefix(2);
    }
    if (rest.size() > 253 || public_suffix(rest)) return read;
    std::size_t labels = 0;
    for (std::string_view left = rest;; ++labels) {
        const std::size_t dot = left.find('.');
        if (!good_label(left.substr(0, dot))) return read;
        if (dot == std::string_view::npos) break;
        left.remove_prefix(dot + 1);
    }
    read.good = labels >= 1;
    return read;
}

}  // namespace certledger::model
