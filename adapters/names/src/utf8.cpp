#include <certledger/adapters/names/idna.hpp>

namespace certledger::adapters::names {

std::optional<std::u32string> decode_utf8(std::string_view text) {
    std::u32string output;
    output.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at++]);
        if (lead < 0x80) {
            output.push_back(lead);
            continue;
        }
        const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || at + static_cast<std::size_t>(more) > text.size()) {
            return std::nullopt;
        }
        char32_t value = lead & (0x3fU >> more);
        for (int i = 0; i < more; ++i) {
            const auto next = static_cast<unsigned char>(text[at++]);
            if ((next & 0xc0) != 0x80) {
                return std::nullopt;
            }
            value = value << 6 | (next & 0x3fU);
        }
        const bool overlong = (more == 2 && value < 0x800) || (more == 3 && value < 0x10000);
        if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
            return std::nullopt;
        }
        output.push_back(value);
    }
    return output;
}

std::string encode_utf8(std::u32string_view text) {
    std::string output;
    output.reserve(text.size() * 3);
    const auto put = [&output](char32_t octet) { output.push_back(static_cast<char>(octet)); };
    for (const char32_t c : text) {
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xc0 | c >> 6);
            put(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            put(0xe0 | c >> 12);
            put(0x80 | (c >> 6 & 0x3f));
            put(0x80 | (c & 0x3f));
        } else {
            put(0xf0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3f));
            put(0x80 | (c >> 6 & 0x3f));
            put(0x80 | (c & 0x3f));
        }
    }
    return output;
}

}  // namespace certledger::adapters::names
