// Role: puts the entries of a whole index into order, in bounded memory: what does not fit is written to
// files in sorted runs, which are merged at the end. An index that is filled in order takes a fraction of the
// time and has full pages.
#pragma once

#include <array>
#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <certledger/projections/memory_rows.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::projections::lmdb {

/// Threads: one. The files have no name: they are gone with the object, or with the process.
class SortedKeys {
  public:
    /// Places in memory are numbers of 32 bits.
    static constexpr std::size_t kLargestRoom = std::size_t{1} << 30U;

    /// Runs are kept in files of `folder` and hold about `room` octets, at most kLargestRoom.
    explicit SortedKeys(std::filesystem::path folder, std::size_t room = std::size_t{96} << 20U);
    ~SortedKeys();
    SortedKeys(const SortedKeys&) = delete;
    SortedKeys& operator=(const SortedKeys&) = delete;

    /// A key of 1 to 65,535 octets that begins with the number of a group, a value of less than 2^30 octets.
    /// In the groups up to kAccountGroups an account and NUL follow, as index.hpp makes keys: they are
    /// sorted faster so. outside: a run cannot be written.
    [[nodiscard]] Result<void> add(std::string_view key, std::string_view value);

    static constexpr std::uint8_t kAccountGroups = 63;

    /// Receives the entries; an error ends it.
    using Take = std::function<Result<void>(std::string_view key, std::string_view value)>;
    /// Every entry in the order of the keys' octets. Once; nothing is added afterwards.
    [[nodiscard]] Result<void> each(const Take& take) { return each_of({this}, take); }

    /// Sorts what is in memory, as each_of() otherwise does. Nothing is added afterwards.
    void sort();

    /// Every entry of several, in one order. Keys that are equal come in any order.
    [[nodiscard]] static Result<void> each_of(const std::vector<SortedKeys*>& all, const Take& take);

    /// Runs that went to files.
    [[nodiscard]] std::size_t runs() const { return files_.size(); }

  private:
    /// Where an entry stands in the arena, and what tells it from most others without a look there: its
    /// account, and the first octets of its key behind that.
    struct Place {
        std::uint64_t prefix = 0;
        std::uint32_t account = 0;  ///< In the order of accounts_; after sort() that of their names.
        std::uint32_t at = 0;
    };
    [[nodiscard]] std::string_view key_at(std::size_t at) const;
    [[nodiscard]] std::string_view octets_at(std::size_t at) const;
    void ask_ahead(const std::vector<Place>& places, std::size_t now) const;
    class Run;
    class RunInMemory;
    class RunInFile;
    [[nodiscard]] Result<void> spill();
    /// What it holds, each run in order.
    [[nodiscard]] Result<void> add_runs(std::vector<std::unique_ptr<Run>>& to);

    std::filesystem::path folder_;
    std::size_t room_;
    events::Bytes arena_;  ///< Entries: u16 length of the key, u32 of the value, key, value.
    /// By the first octet of the key, which says what index it is of: keys of one share much more.
    std::array<std::vector<Place>, 256> places_;
    std::size_t entries_ = 0;  ///< In all of them.
    bool sorted_ = false;
    TextMap<std::uint32_t> accounts_;
    const TextMap<std::uint32_t>::value_type* last_account_ = nullptr;
    std::vector<int> files_;
};

}  // namespace certledger::projections::lmdb
