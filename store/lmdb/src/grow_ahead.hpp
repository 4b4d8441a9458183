// Role: lets the file of an environment grow ahead of its use, in steps of written zeros. A commit into pages
// that the file already has takes no metadata of the file system with it.
//
// Room behind the file's end is claimed inside a write transaction, when nobody else can grow the file, and
// filled by a thread. While that goes on the part is locked (F_OFD_SETLK on the file's octets: LMDB's own
// locks are on its lock file), and a commit of any process that might reach it waits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>

namespace certledger::store::lmdb {

/// Inside a write transaction, right before its commit, which writes at or behind `used` and before `end`:
/// waits while that part of the file is being filled, by whatever process. `fd` is not one of a GrowAhead.
void wait_for_filling(int fd, std::uint64_t used, std::uint64_t end) noexcept;

/// Threads: before_commit() from one at a time. Whatever fails here only makes commits slower.
class GrowAhead {
  public:
    /// Not before `from` octets of the file are in use; the first steps are as long.
    GrowAhead(std::filesystem::path file, std::uint64_t from);
    GrowAhead(const GrowAhead&) = delete;
    GrowAhead& operator=(const GrowAhead&) = delete;
    ~GrowAhead();

    /// Inside a write transaction, after wait_for_filling() with the same.
    void before_commit(int fd, std::uint64_t used, std::uint64_t end) noexcept;

  private:
    /// Octets of the file.
    struct Zone {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };

    [[nodiscard]] bool open();
    void claim(int fd, std::uint64_t size, Zone zone);
    void run();
    void fill(Zone zone);

    const std::filesystem::path file_;
    const std::uint64_t from_;
    int file_fd_ = -1;  ///< To lock and fill.
    std::mutex mutex_;
    std::condition_variable changed_;
    Zone zone_;  ///< What the thread is to fill, or fills; empty: nothing.
    bool ending_ = false;
    std::thread thread_;  ///< Begun with the first zone.
};

}  // namespace certledger::store::lmdb
