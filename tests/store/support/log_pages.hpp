// Role: where things stand in the pages of a log's file, for tests that change its octets.
#pragma once

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "scratch.hpp"

namespace certledger::store::testing {

inline constexpr std::size_t kPageSize = 4096;

/// LMDB's two meta pages; what a commit is seen by.
inline constexpr std::size_t kMetaPages = 2 * kPageSize;

struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    [[nodiscard]] bool holds(std::size_t at) const { return at >= begin && at < end; }
};

/// The pages of the value `redo`: the only value of its size.
inline Stretch redo_in(const std::vector<std::uint8_t>& file) {
    constexpr std::uint16_t overflow = 4;
    constexpr std::uint32_t pages = 65;
    for (std::size_t at = 0; at + kPageSize <= file.size(); at += kPageSize) {
        std::uint16_t flags = 0;
        std::uint32_t count = 0;
        std::copy_n(file.data() + at + 10, sizeof flags, reinterpret_cast<std::uint8_t*>(&flags));
        std::copy_n(file.data() + at + 12, sizeof count, reinterpret_cast<std::uint8_t*>(&count));
        if (flags == overflow && count == pages) return {at, at + pages * kPageSize};
    }
    throw std::runtime_error("a log without room to keep commits in");
}

inline bool same_meta_pages(const std::filesystem::path& file, const std::vector<std::uint8_t>& whole) {
    std::vector<char> present(kMetaPages);
    std::ifstream(file, std::ios::binary).read(present.data(), kMetaPages);
    return std::filesystem::file_size(file) == whole.size() &&
           std::equal(present.begin(), present.end(), reinterpret_cast<const char*>(whole.data()));
}

}  // namespace certledger::store::testing
