// Role: enumerations whose values are stored by a stable code and written by a stable kebab-case name.
//
// The underlying value of an enumerator is its stored code: never renumbered, never reused. The table in
// EnumTraits is the one place where the name stands; archives, parsers, help and docs read it from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace certledger::events {

template <class E>
struct EnumEntry {
    E value;
    std::string_view name;
};

/// Specialised for each named enumeration with `static constexpr std::string_view kind` (what one value is
/// called in a message) and `static constexpr std::array<EnumEntry<E>, N> entries`.
template <class E>
struct EnumTraits;

template <class E>
concept NamedEnum = requires {
    EnumTraits<E>::entries;
};

/// The stable name; empty for a value outside the table (only possible through a cast).
template <NamedEnum E>
[[nodiscard]] constexpr std::string_view to_name(E value) noexcept {
    for (const auto& entry : EnumTraits<E>::entries) {
        if (entry.value == value) return entry.name;
    }
    return {};
}

template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> from_name(std::string_view name) noexcept {
    for (const auto& entry : EnumTraits<E>::entries) {
        if (entry.name == name) return entry.value;
    }
    return std::nullopt;
}

template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> from_code(std::uint16_t code) noexcept {
    constexpr auto& entries = EnumTraits<E>::entries;
    // Codes mostly count from 1 without gaps: then the entry is where it is expected.
    if (code > 0 && code <= entries.size() && static_cast<std::uint16_t>(entries[code - 1U].value) == code)
        return entries[code - 1U].value;
    for (const auto& entry : entries) {
        if (static_cast<std::uint16_t>(entry.value) == code) return entry.value;
    }
    return std::nullopt;
}

}  // namespace certledger::events
