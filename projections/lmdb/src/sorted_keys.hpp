// Role: puts the entries of a whole index into order, in bounded memory: what does not fit is written to
// files in sorted runs, which are merged at the end. An index that is filled in order takes a fraction of the
// time and has full pages.
#pragma once

#include <array>
#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace certledger::projections::lmdb {

/// Threads: one. The files have no name: they are gone with the object, or with the process.
class SortedKeys {
  public:
    /// Runs are kept in files of `folder` and hold about `room` octets.
    explicit SortedKeys(std::filesystem::path folder, std::size_t room = std::size_t{96} << 20U);
    ~SortedKeys();
    SortedKeys(const SortedKeys&) = delete;
    SortedKeys& operator=(const SortedKeys&) = delete;

    /// A key of 1 to 65,535 octets as index.hpp makes them (index, account, NUL, rest), a value of less
    /// than 2^30. outside: a run cannot be written.
    [[nodiscard]] Result<void> add(std::string_view key, std::string_view value);

    /// Receives the entries; an error ends it.
    using Take = std::function<Result<void>(std::string_view key, std::string_view value)>;
    /// Every entry in the order of the keys' octets. Once; nothing is added afterwards.
    [[nodiscard]] Result<void> each(const Take& take);

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
    [[nodiscard]] std::string_view entry_at(std::size_t at) const;
    void sort();
    /// Every entry of the arena, once they are sorted.
    template <class Visit>
    [[nodiscard]] Result<void> each_in_memory(const Visit& visit) const;
    [[nodiscard]] Result<void> spill();

    std::filesystem::path folder_;
    std::size_t room_;
    events::Bytes arena_;  ///< Entries: u16 length of the key, u32 of the value, key, value.
    /// By the first octet of the key, which says what index it is of: keys of one share much more.
    std::array<std::vector<Place>, 256> places_;
    std::size_t entries_ = 0;  ///< In all of them.
    std::unordered_map<std::string, std::uint32_t> accounts_;
    std::vector<int> files_;
};

}  // namespace certledger::projections::lmdb
