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
};

/// The two halves of the value `redo`, as the node of its name says where they are.
inline Stretch redo_in(const std::vector<std::uint8_t>& file) {
    constexpr std::uint32_t size = 16'384;
    constexpr std::uint8_t node[] = {0x00, 0x40, 0x00, 0x00, 0x01, 0x00, 0x04, 0x00, 'r', 'e', 'd', 'o'};
    constexpr std::size_t page_header = 16;
    const auto found = std::search(file.begin(), file.end(), std::begin(node), std::end(node));
    if (file.end() - found < static_cast<std::ptrdiff_t>(sizeof node + 8))
        throw std::runtime_error("a log without room to keep commits in");
    std::uint64_t page = 0;
    std::copy_n(found + sizeof node, sizeof page, reinterpret_cast<std::uint8_t*>(&page));
    const std::size_t begin = page * kPageSize + page_header;
    return {begin, begin + size};
}

inline bool same_meta_pages(const std::filesystem::path& file, const std::vector<std::uint8_t>& whole) {
    std::vector<char> present(kMetaPages);
    std::ifstream(file, std::ios::binary).read(present.data(), kMetaPages);
    return std::filesystem::file_size(file) == whole.size() &&
           std::equal(present.begin(), present.end(), reinterpret_cast<const char*>(whole.data()));
}

}  // namespace certledger::store::testing
