#include <algorithm>
#include <certledger/events/digest.hpp>

namespace certledger::events {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int base64_value(char c) {
    const auto at = kBase64Digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<Digest> as_digest(const std::optional<Bytes>& bytes) {
    if (!bytes || bytes->size() != Digest{}.size()) return std::nullopt;
    Digest digest{};
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return digest;
}

}  // namespace

std::string to_hex(const std::uint8_t* data, std::size_t size) {
    std::string text;
    text.reserve(size * 2);
    for (std::size_t i = 0; i < size; ++i) {
        text.push_back(kHexDigits[data[i] >> 4U]);
        text.push_back(kHexDigits[data[i] & 0x0FU]);
    }
    return text;
}

std::string to_hex(const Digest& digest) { return to_hex(digest.data(), digest.size()); }
std::string to_hex(const Bytes& bytes) { return to_hex(bytes.data(), bytes.size()); }

std::optional<Bytes> bytes_from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::optional<Digest> digest_from_hex(std::string_view text) { return as_digest(bytes_from_hex(text)); }

std::string to_base64(const std::uint8_t* data, std::size_t size) {
    std::string text;
    text.reserve((size + 2) / 3 * 4);
    for (std::size_t i = 0; i < size; i += 3) {
        const std::size_t left = std::min<std::size_t>(3, size - i);
        std::uint32_t group = static_cast<std::uint32_t>(data[i]) << 16U;
        if (left > 1) group |= static_cast<std::uint32_t>(data[i + 1]) << 8U;
        if (left > 2) group |= data[i + 2];
        text.push_back(kBase64Digits[group >> 18U & 63U]);
        text.push_back(kBase64Digits[group >> 12U & 63U]);
        text.push_back(left > 1 ? kBase64Digits[group >> 6U & 63U] : '=');
        text.push_back(left > 2 ? kBase64Digits[group & 63U] : '=');
    }
    return text;
}

std::string to_base64(const Bytes& bytes) { return to_base64(bytes.data(), bytes.size()); }
std::string to_base64(const Digest& digest) { return to_base64(digest.data(), digest.size()); }

std::optional<Bytes> bytes_from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text.substr(0, text.size() - padding)) {
        const int value = base64_value(c);
        if (value < 0) return std::nullopt;
        bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes.push_back(static_cast<std::uint8_t>(bits >> held & 0xFFU));
        }
    }
    // Bits behind the last octet must be zero: one value has one text.
    if ((bits & ((1U << held) - 1U)) != 0) return std::nullopt;
    if (held != padding * 2) return std::nullopt;
    return bytes;
}

std::optional<Digest> digest_from_base64(std::string_view text) { return as_digest(bytes_from_base64(text)); }

}  // namespace certledger::events
