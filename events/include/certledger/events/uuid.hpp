// Role: 128-bit identifiers of events (RFC 9562); made by an adapter, only stored and written here.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::events {

/// A UUID as its 16 octets. All zeros (the nil UUID) stands for "none" where a field allows that.
struct Uuid {
    std::array<std::uint8_t, 16> octets{};

    [[nodiscard]] bool nil() const noexcept { return *this == Uuid{}; }
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// The 8-4-4-4-12 form in lower case.
[[nodiscard]] std::string to_string(const Uuid& uuid);

/// Reads the 8-4-4-4-12 form of either case; nothing for anything else.
[[nodiscard]] std::optional<Uuid> uuid_from_string(std::string_view text);

}  // namespace certledger::events
