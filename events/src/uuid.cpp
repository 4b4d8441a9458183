#include <algorithm>
#include <certledger/events/digest.hpp>
#include <certledger/events/uuid.hpp>

namespace certledger::events {

std::string to_string(const Uuid& uuid) {
    std::string text = to_hex(uuid.octets.data(), uuid.octets.size());
    for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
    return text;
}

std::optional<Uuid> uuid_from_string(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return std::nullopt;
        if (!dash) digits.push_back(text[i]);
    }
    const auto bytes = bytes_from_hex(digits);
    if (!bytes) return std::nullopt;
    Uuid uuid;
    std::copy(bytes->begin(), bytes->end(), uuid.octets.begin());
    return uuid;
}

}  // namespace certledger::events
