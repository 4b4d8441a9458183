// Role: a disk that fails, or a process that ends, at a certain call: in place of the C library's pwrite,
// writev and fdatasync in the whole program that this is linked into.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace certledger::store::testing {

/// How a process ends that is to end at a call.
inline constexpr int kBrokenOff = 9;

/// Each counts calls: 0 none, 1 the next one and no other, and so on. Threads: any.
struct BrokenDisk {
    using Calls = std::atomic<std::size_t>;
    Calls end_behind_write = 0;  ///< Of pwrite: it is done, then the process ends.
    Calls end_before_sync = 0;   ///< Nothing is done.
    Calls fail_write = 0;        ///< Of pwrite and writev, with `error`; nothing is written.
    Calls fail_several = 0;      ///< Of writev, by which LMDB writes pages, with `error`.
    Calls fail_sync = 0;         ///< With `error`.
    std::atomic<int> error = EIO;
};

[[nodiscard]] BrokenDisk& broken_disk();

/// What is written by pwrite until so many fdatasync have returned. Lifetime: one at a time.
class WatchedWrites {
  public:
    explicit WatchedWrites(std::size_t syncs);
    ~WatchedWrites();
    WatchedWrites(const WatchedWrites&) = delete;
    WatchedWrites& operator=(const WatchedWrites&) = delete;

    /// A file with them.
    [[nodiscard]] std::vector<std::uint8_t> on(std::vector<std::uint8_t> file) const;
};

}  // namespace certledger::store::testing
