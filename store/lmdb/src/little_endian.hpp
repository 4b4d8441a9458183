// Role: numbers in stored values, little-endian whatever the machine.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace certledger::store::lmdb {

template <std::integral T>
void store_number(std::uint8_t* at, T value) {
    auto bits = static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<T>>(value));
    for (std::size_t i = 0; i < sizeof(T); ++i, bits >>= 8U) at[i] = static_cast<std::uint8_t>(bits);
}

template <std::integral T>
[[nodiscard]] T load_number(const std::uint8_t* at) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{at[i]} << (8U * i);
    return static_cast<T>(bits);
}

template <std::integral T>
void append_number(std::vector<std::uint8_t>& out, T value) {
    out.resize(out.size() + sizeof(T));
    store_number(out.data() + out.size() - sizeof(T), value);
}

}  // namespace certledger::store::lmdb
