#include <arpa/inet.h>
#include <libpsl.h>

#include <algorithm>
#include <array>
#include <certledger/adapters/names/idna.hpp>
#include <certledger/adapters/names/name.hpp>
#include <cstdio>
#include <utility>

namespace certledger::adapters::names {

namespace {

tl::unexpected<Error> refuse(const std::string& rule) {
    return fail(ErrorKind::invalid_input, "domain name: " + rule);
}

Result<NormalName> normalize_ip6(const std::string& text) {
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) != 1) {
        return refuse(
            "it holds a colon but is no IPv6 address (RFC 4291 section 2.2; no brackets, port or zone)");
    }
    std::array<char, INET6_ADDRSTRLEN> out{};
    const bool low_only = std::all_of(octets.begin(), octets.begin() + 12, [](auto o) { return o == 0; });
    if (low_only && (octets[12] != 0 || octets[13] != 0)) {
        // inet_ntop writes the long deprecated "IPv4-compatible" range with dots; RFC 5952 section 5 does
        // not.
        std::snprintf(out.data(), out.size(), "::%x:%x", octets[12] * 256U + octets[13],
                      octets[14] * 256U + octets[15]);
    } else {
        inet_ntop(AF_INET6, octets.data(), out.data(), out.size());
    }
    return NormalName{out.data(), out.data(), NameKind::ip6};
}

Result<NormalName> normalize_ip4(const std::string& text) {
    std::array<std::uint8_t, 4> octets{};
    // inet_pton takes four decimal numbers without leading zeros, nothing else.
    if (inet_pton(AF_INET, text.c_str(), octets.data()) != 1) {
        return refuse("'" + text +
                      "' is neither an IPv4 address nor a name: the last label must not be a number");
    }
    return NormalName{text, text, NameKind::ip4};
}

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_ip4(std::string_view text) {
    return all_digits(text.substr(text.rfind('.') + 1)) &&
           std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

/// Rules of orders beyond those of IDNA, for a name in A-labels.
std::string order_fault(const std::string& ascii, bool wildcard) {
    const std::size_t last_dot = ascii.rfind('.');
    if (all_digits(std::string_view(ascii).substr(last_dot == std::string::npos ? 0 : last_dot + 1))) {
        return "'" + ascii + "': the last label must not be a number";
    }
    const bool suffix = is_public_suffix(ascii);
    if (wildcard && suffix) {
        return "'*." + ascii +
               "': a wildcard must not stand directly above a public suffix (BR section 3.2.2.6)";
    }
    if (last_dot == std::string::npos) {
        return "'" + ascii + "' has one label, at least two are needed";
    }
    if (suffix) {
        return "'" + ascii + "' is a public suffix, which nobody can order for";
    }
    if (wildcard && ascii.size() + 2 > 253) {
        return "it has " + std::to_string(ascii.size() + 2) +
               " octets, at most 253 are allowed (RFC 1035 section 2.3.4)";
    }
    return {};
}

const psl_ctx_t* suffix_list() {
    // Compiled into libpsl; constant data.
    static const psl_ctx_t* const list = psl_builtin();
    return list;
}

}  // namespace

bool is_public_suffix(const std::string& ascii) {
    return psl_is_public_suffix2(suffix_list(), ascii.c_str(), PSL_TYPE_ANY) == 1;
}

std::string registrable_domain(const std::string& ascii) {
    const char* domain = psl_registrable_domain(suffix_list(), ascii.c_str());
    return domain != nullptr ? domain : "";
}

Result<NormalName> normalize_name(std::string_view text) {
    if (text.empty() || text.size() > kMaxNameOctets) {
        return refuse("it has " + std::to_string(text.size()) + " octets, must have 1 to 1024");
    }
    if (text.find('\0') != std::string_view::npos) {
        return refuse("U+0000 is not allowed");
    }
    if (text.find(':') != std::string_view::npos) {
        return normalize_ip6(std::string(text));
    }
    if (looks_like_ip4(text)) {
        return normalize_ip4(std::string(text));
    }
    std::string_view rest = text;
    bool wildcard = false;
    if (rest.front() == '*') {
        const std::size_t dot = leading_dot(rest.substr(1));
        if (dot == 0) {
            return refuse("'*' must be the whole first label");
        }
        rest.remove_prefix(1 + dot);
        wildcard = true;
    }
    if (rest.find('*') != std::string_view::npos) {
        return refuse("'*' may stand once, as the whole first label");
    }
    rest.remove_suffix(trailing_dot(rest));
    if (rest.empty() || trailing_dot(rest) != 0) {
        return refuse("it has an empty label");
    }
    auto ascii = to_ascii(rest);
    if (!ascii) {
        return tl::make_unexpected(ascii.error());
    }
    if (std::string fault = order_fault(*ascii, wildcard); !fault.empty()) {
        return refuse(fault);
    }
    NormalName name{std::move(*ascii), {}, wildcard ? NameKind::wildcard : NameKind::plain};
    name.unicode = to_unicode(name.ascii);
    if (wildcard) {
        name.ascii.insert(0, "*.");
        name.unicode.insert(0, "*.");
    }
    return name;
}

Result<std::string> searched_form(std::string_view text) {
    if (text.find(':') != std::string_view::npos) {
        return normalize_ip6(std::string(text)).map([](const NormalName& name) { return name.ascii; });
    }
    if (looks_like_ip4(text)) {
        return normalize_ip4(std::string(text)).map([](const NormalName& name) { return name.ascii; });
    }
    const std::size_t dot = text.starts_with('*') ? leading_dot(text.substr(1)) : 0;
    std::string_view rest = text.substr(dot == 0 ? 0 : 1 + dot);
    rest.remove_suffix(trailing_dot(rest));
    return to_ascii(rest).map([&](const std::string& ascii) { return (dot == 0 ? "" : "*.") + ascii; });
}

}  // namespace certledger::adapters::names
