// Role: entries that are put into order before a table takes them: a key and a value behind one another.
#pragma once

#include <algorithm>
#include <certledger/events/digest.hpp>
#include <certledger/events/little_endian.hpp>
#include <certledger/projections/index.hpp>
#include <cstdint>
#include <string_view>

namespace certledger::projections::lmdb {

/// u16 length of the key, u32 length of the value.
inline constexpr std::size_t kEntryHead = 6;

/// Lifetime: of the octets.
struct Entry {
    std::string_view key;
    std::string_view value;
};

/// Octets that the entry takes whose head is given.
inline std::size_t entry_size(const std::uint8_t* head) {
    return kEntryHead + events::load_number<std::uint16_t>(head) +
           events::load_number<std::uint32_t>(head + sizeof(std::uint16_t));
}

inline Entry entry_at(const std::uint8_t* at) {
    const std::size_t key = events::load_number<std::uint16_t>(at);
    const auto* const octets = reinterpret_cast<const char*>(at) + kEntryHead;
    return {{octets, key}, {octets + key, entry_size(at) - kEntryHead - key}};
}

/// A key of up to 65,535 octets, a value of less than 2^32.
inline void append_entry(events::Bytes& to, std::string_view key, std::string_view value) {
    const std::size_t at = to.size();
    to.resize(at + kEntryHead + key.size() + value.size());
    std::uint8_t* next = to.data() + at;
    events::store_number(next, static_cast<std::uint16_t>(key.size()));
    events::store_number(next + sizeof(std::uint16_t), static_cast<std::uint32_t>(value.size()));
    next = std::copy(key.begin(), key.end(), next + kEntryHead);
    std::copy(value.begin(), value.end(), next);
}

/// The first eight octets, as a number that is ordered as they are.
inline std::uint64_t prefix_of(std::string_view octets) {
    const std::size_t missing = sizeof(std::uint64_t) - std::min(octets.size(), sizeof(std::uint64_t));
    return missing == sizeof(std::uint64_t) ? 0 : key::read_number(octets) << 8U * missing;
}

/// The entries stand in the order in which they were added: what comes soon is in no cache.
inline void ask_for_entry(const std::uint8_t* at) {
    constexpr std::size_t line = 64;
    __builtin_prefetch(at);
    __builtin_prefetch(at + line);
}

}  // namespace certledger::projections::lmdb
