// Role: the 64-bit hash under which the index keeps stream names and keys. It stands on the disk in a cache
// that can be made again; another hash needs another kIndexVersion (index_file.cpp).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace certledger::store::lmdb {

/// Stream names and keys of KeysOf are two spaces: the same text is two entries.
enum class NameKind : std::uint64_t { stream = 0x9E3779B97F4A7C15U, key = 0xC2B2AE3D27D4EB4FU };

namespace name_hash_detail {

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

inline std::uint64_t load(const char* at, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, size);
    return word;
}

}  // namespace name_hash_detail

/// Spreads well and is no defence: whoever looks up compares the name itself.
[[nodiscard]] inline std::uint64_t name_hash(NameKind kind, std::string_view name) {
    using namespace name_hash_detail;
    std::uint64_t hash = static_cast<std::uint64_t>(kind) ^ (name.size() * 0xD6E8FEB86659FD93U);
    const char* at = name.data();
    std::size_t left = name.size();
    for (; left >= 8; left -= 8, at += 8) hash = mix(hash ^ load(at, 8), 0x9FB21C651E98DF25U);
    if (left > 0) hash = mix(hash ^ load(at, left), 0xA0761D6478BD642FU);
    return mix(hash, 0xE7037ED1A0B428DBU);
}

}  // namespace certledger::store::lmdb
