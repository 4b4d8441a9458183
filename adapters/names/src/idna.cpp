#include <idn2.h>

#include <algorithm>
#include <array>
#include <certledger/adapters/names/idna.hpp>
#include <memory>

#include "label_rules.hpp"

namespace certledger::adapters::names {

namespace {

constexpr std::string_view kPrefix = "xn--";

tl::unexpected<Error> refuse(const std::string& rule) {
    return fail(ErrorKind::invalid_input, "domain name: " + rule);
}

/// The full stops of UTS 46: `.`, ideographic, fullwidth and halfwidth ideographic.
constexpr std::array<std::string_view, 4> kDots{".", "\u3002", "\uff0e", "\uff61"};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> labels(1);
    for (const char c : text) {
        if (c == '.') {
            labels.emplace_back();
        } else {
            labels.back().push_back(c);
        }
    }
    return labels;
}

void fold_ascii(std::string& text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c | 0x20);
        }
    }
}

/// Whether libidn2 is needed: a character outside ASCII, or an A-label that must prove itself.
bool needs_idna(std::string_view folded) {
    const bool ascii = std::all_of(folded.begin(), folded.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return !ascii || folded.substr(0, 4) == kPrefix || folded.find(".xn--") != std::string_view::npos;
}

std::string ascii_fault(std::string_view ascii) {
    for (std::size_t start = 0; start <= ascii.size();) {
        const std::size_t end = std::min(ascii.find('.', start), ascii.size());
        if (std::string fault = ascii_label_fault(ascii.substr(start, end - start)); !fault.empty()) {
            return fault;
        }
        start = end + 1;
    }
    if (ascii.size() > 253) {
        return "it has " + std::to_string(ascii.size()) +
               " octets, at most 253 are allowed (RFC 1035 section 2.3.4)";
    }
    return {};
}

/// UTS 46 processing by libidn2. Not its STD3 flag: that deletes forbidden characters without a word; they
/// are left standing and found by ascii_fault afterwards.
Result<std::string> map_and_encode(const std::string& utf8) {
    std::uint8_t* raw = nullptr;
    const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(utf8.c_str()), &raw,
                                    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(raw, idn2_free);
    if (code != IDN2_OK || raw == nullptr) {
        return refuse(std::string(idn2_strerror(code)) + " (IDNA 2008)");
    }
    return std::string(reinterpret_cast<const char*>(raw));
}

/// The U-labels of an ASCII name, each proven to encode back to what stands there.
Result<std::vector<std::u32string>> unicode_labels(const std::string& ascii) {
    std::vector<std::u32string> labels;
    for (const std::string& label : split(ascii)) {
        if (label.substr(0, 4) != kPrefix) {
            labels.emplace_back(label.begin(), label.end());
            continue;
        }
        auto decoded = punycode_decode(std::string_view(label).substr(4));
        if (!decoded || decoded->empty() || punycode_encode(*decoded) != label.substr(4)) {
            return refuse("label '" + label +
                          "' is no A-label: it does not decode and encode to itself (RFC 5891 section 5.4)");
        }
        if (std::all_of(decoded->begin(), decoded->end(), [](char32_t c) { return c < 0x80; })) {
            return refuse("label '" + label + "' encodes ASCII only (RFC 5890 section 2.3.2.1)");
        }
        labels.push_back(std::move(*decoded));
    }
    return labels;
}

std::string unicode_fault(const std::vector<std::u32string>& labels) {
    for (const std::u32string& label : labels) {
        if (std::string fault = label_fault(label); !fault.empty()) {
            return fault;
        }
    }
    return bidi_fault(labels);
}

Result<std::string> to_ascii_by_idna(std::string_view utf8) {
    const auto characters = decode_utf8(utf8);
    if (!characters) {
        return refuse("it is not valid UTF-8");
    }
    // Whatever an ASCII character maps to, it is itself or its lower case: a forbidden one is told by name
    // here.
    for (const char32_t c : *characters) {
        const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (c < 0x80 && !allowed) {
            return refuse(
                describe(c) +
                " is not allowed: labels have letters, digits and hyphens only (RFC 1123 section 2.1)");
        }
    }
    auto ascii = map_and_encode(std::string(utf8));
    if (!ascii) {
        return ascii;
    }
    if (std::string fault = ascii_fault(*ascii); !fault.empty()) {
        return refuse(fault);
    }
    const auto labels = unicode_labels(*ascii);
    if (!labels) {
        return tl::make_unexpected(labels.error());
    }
    if (std::string fault = unicode_fault(*labels); !fault.empty()) {
        return refuse(fault);
    }
    return ascii;
}

}  // namespace

std::size_t leading_dot(std::string_view utf8) noexcept {
    for (const std::string_view dot : kDots) {
        if (utf8.starts_with(dot)) return dot.size();
    }
    return 0;
}

std::size_t trailing_dot(std::string_view utf8) noexcept {
    for (const std::string_view dot : kDots) {
        if (utf8.ends_with(dot)) return dot.size();
    }
    return 0;
}

Result<std::string> to_ascii(std::string_view utf8) {
    if (utf8.empty() || utf8.size() > kMaxNameOctets) {
        return refuse("it has " + std::to_string(utf8.size()) + " octets, must have 1 to 1024");
    }
    const std::size_t root = trailing_dot(utf8);
    std::string folded(utf8.substr(0, utf8.size() - root));
    fold_ascii(folded);
    if (needs_idna(folded)) {
        auto ascii = to_ascii_by_idna(folded);
        if (ascii && root != 0) {
            ascii->push_back('.');
        }
        return ascii;
    }
    if (std::string fault = ascii_fault(folded); !fault.empty()) {
        return refuse(fault);
    }
    if (root != 0) {
        folded.push_back('.');
    }
    return folded;
}

std::string to_unicode(std::string_view ascii) {
    if (!needs_idna(ascii)) {
        return std::string(ascii);
    }
    std::string output;
    for (const std::string& label : split(std::string(ascii))) {
        if (!output.empty()) {
            output.push_back('.');
        }
        const auto decoded =
            label.substr(0, 4) == kPrefix ? punycode_decode(std::string_view(label).substr(4)) : std::nullopt;
        output += decoded ? encode_utf8(*decoded) : label;
    }
    return output;
}

}  // namespace certledger::adapters::names
