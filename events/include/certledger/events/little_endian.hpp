// Role: numbers among stored octets, little-endian whatever the machine.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <vector>

namespace certledger::events {

/// Writes sizeof(T) octets.
template <std::integral T>
void store_number(std::uint8_t* at, T value) noexcept {
    std::memcpy(at, &value, sizeof(T));
    if constexpr (std::endian::native == std::endian::big) std::reverse(at, at + sizeof(T));
}

/// Reads sizeof(T) octets, aligned or not. Not put together octet by octet: compilers do not always see one
/// load in that.
template <std::integral T>
[[nodiscard]] T load_number(const std::uint8_t* at) noexcept {
    std::uint8_t octets[sizeof(T)];
    std::memcpy(octets, at, sizeof(T));
    if constexpr (std::endian::native == std::endian::big) std::reverse(octets, octets + sizeof(T));
    return std::bit_cast<T>(octets);
}

template <std::integral T>
void append_number(std::vector<std::uint8_t>& out, T value) {
    out.resize(out.size() + sizeof(T));
    store_number(out.data() + out.size() - sizeof(T), value);
}

}  // namespace certledger::events
