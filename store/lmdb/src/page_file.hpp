// Role: an LMDB data file as octets, and the numbers in its pages. Nothing here believes a number: whoever
// reads one checks that it lies in the page before.
#pragma once

#include <certledger/events/result.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>

#include "map_registry.hpp"

namespace certledger::store::lmdb {

inline constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
inline constexpr std::size_t kPageHeader = 16;
inline constexpr std::size_t kNodeHeader = 8;
inline constexpr std::size_t kTreeRecord = 48;
inline constexpr std::size_t kMetaSize = 136;
inline constexpr std::uint64_t kMetaPages = 2;

inline constexpr std::uint16_t kBranch = 0x01;
inline constexpr std::uint16_t kLeaf = 0x02;
inline constexpr std::uint16_t kOverflow = 0x04;
inline constexpr std::uint16_t kMeta = 0x08;
inline constexpr std::uint16_t kDirty = 0x10;    ///< In memory alone: changed by a transaction under way.
inline constexpr std::uint16_t kBigData = 0x01;  ///< Node: the data stands on overflow pages.
inline constexpr std::uint16_t kSubData = 0x02;  ///< Node: the data is the record of a sub-database.
inline constexpr std::uint16_t kIntegerKey = 0x08;

template <class T>
[[nodiscard]] T number_at(const std::uint8_t* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

/// The record of one tree: in a meta page or as the value of a sub-database's name.
struct TreeRecord {
    std::uint32_t pad = 0;
    std::uint16_t flags = 0;
    std::uint16_t depth = 0;
    std::uint64_t branch_pages = 0;
    std::uint64_t leaf_pages = 0;
    std::uint64_t overflow_pages = 0;
    std::uint64_t entries = 0;
    std::uint64_t root = kNoPage;

    [[nodiscard]] static TreeRecord read(const std::uint8_t* at) {
        return {number_at<std::uint32_t>(at),      number_at<std::uint16_t>(at + 4),
                number_at<std::uint16_t>(at + 6),  number_at<std::uint64_t>(at + 8),
                number_at<std::uint64_t>(at + 16), number_at<std::uint64_t>(at + 24),
                number_at<std::uint64_t>(at + 32), number_at<std::uint64_t>(at + 40)};
    }
    friend bool operator==(const TreeRecord&, const TreeRecord&) = default;
};

struct MetaRecord {
    std::uint16_t page_flags = 0;
    std::uint64_t page_number = 0;
    std::uint32_t magic = 0;
    std::uint32_t version = 0;
    TreeRecord free_list;  ///< Its pad is the page size.
    TreeRecord main;
    std::uint64_t last_page = 0;
    std::uint64_t transaction = 0;

    [[nodiscard]] static MetaRecord read(const std::uint8_t* page) {
        const std::uint8_t* meta = page + kPageHeader;
        return {number_at<std::uint16_t>(page + 10),  number_at<std::uint64_t>(page),
                number_at<std::uint32_t>(meta),       number_at<std::uint32_t>(meta + 4),
                TreeRecord::read(meta + 24),          TreeRecord::read(meta + 72),
                number_at<std::uint64_t>(meta + 120), number_at<std::uint64_t>(meta + 128)};
    }
    friend bool operator==(const MetaRecord&, const MetaRecord&) = default;
};

/// A page's header and nodes, after Walker has found its bounds sound.
struct PageView {
    const std::uint8_t* at = nullptr;

    [[nodiscard]] std::uint64_t number() const { return number_at<std::uint64_t>(at); }
    [[nodiscard]] std::uint16_t flags() const { return number_at<std::uint16_t>(at + 10); }
    [[nodiscard]] std::uint16_t lower() const { return number_at<std::uint16_t>(at + 12); }
    [[nodiscard]] std::uint16_t upper() const { return number_at<std::uint16_t>(at + 14); }
    [[nodiscard]] std::uint32_t overflow_pages() const { return number_at<std::uint32_t>(at + 12); }
    [[nodiscard]] std::size_t nodes() const { return (lower() - kPageHeader) / 2; }
    [[nodiscard]] std::uint16_t node_offset(std::size_t index) const {
        return number_at<std::uint16_t>(at + kPageHeader + 2 * index);
    }
};

/// A leaf's or branch's node.
struct NodeView {
    const std::uint8_t* at = nullptr;

    [[nodiscard]] std::uint16_t flags() const { return number_at<std::uint16_t>(at + 4); }
    [[nodiscard]] std::uint16_t key_size() const { return number_at<std::uint16_t>(at + 6); }
    [[nodiscard]] std::uint32_t data_size() const { return number_at<std::uint32_t>(at); }
    [[nodiscard]] std::uint64_t child() const {
        return data_size() | static_cast<std::uint64_t>(flags()) << 32U;
    }
    [[nodiscard]] std::span<const std::uint8_t> key() const { return {at + kNodeHeader, key_size()}; }
    [[nodiscard]] const std::uint8_t* data() const { return at + kNodeHeader + key_size(); }
};

/// The file, mapped for reading. A guarded range, so that a file that is cut meanwhile ends the process as a
/// damaged one does.
class PageFile {
  public:
    [[nodiscard]] static Result<std::unique_ptr<PageFile>> open(const std::filesystem::path& file);
    PageFile(const PageFile&) = delete;
    PageFile& operator=(const PageFile&) = delete;
    ~PageFile();

    [[nodiscard]] std::span<const std::uint8_t> octets() const { return {at_, size_}; }
    /// Size now, which may differ from what is mapped.
    [[nodiscard]] std::uint64_t size_now() const;
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    PageFile(const std::filesystem::path& file, int fd) : name_(file.string()), fd_(fd), registered_(file) {}

    std::string name_;
    int fd_;
    const std::uint8_t* at_ = nullptr;
    std::size_t size_ = 0;
    RegisteredMap registered_;
};

}  // namespace certledger::store::lmdb
