#include "grow_ahead.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace certledger::store::lmdb {
namespace {

constexpr std::uint64_t kStepMost = std::uint64_t{64} << 20U;
/// Octets of one write, for which a commit may have to wait.
constexpr std::size_t kChunk = std::size_t{256} << 10U;
constexpr std::uint64_t kPage = 4096;

struct flock lock_of(short type, std::uint64_t begin, std::uint64_t end) {
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(begin);
    lock.l_len = static_cast<off_t>(end - begin);
    return lock;
}

bool set_lock(int fd, int command, short type, std::uint64_t begin, std::uint64_t end) {
    struct flock lock = lock_of(type, begin, end);
    int code = 0;
    do {
        code = ::fcntl(fd, command, &lock);
    } while (code != 0 && errno == EINTR);
    return code == 0;
}

}  // namespace

void wait_for_filling(int fd, std::uint64_t used, std::uint64_t end) noexcept {
    // Whoever fills began inside a write transaction: nothing is added while the caller is in one.
    struct flock found = lock_of(F_RDLCK, used, end);
    if (::fcntl(fd, F_OFD_GETLK, &found) == 0 && found.l_type == F_UNLCK) return;
    if (set_lock(fd, F_OFD_SETLKW, F_RDLCK, used, end)) set_lock(fd, F_OFD_SETLK, F_UNLCK, used, end);
}

GrowAhead::GrowAhead(std::filesystem::path file, std::uint64_t from) : file_(std::move(file)), from_(from) {}

GrowAhead::~GrowAhead() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (file_fd_ >= 0) ::close(file_fd_);
}

bool GrowAhead::open() {
    if (file_fd_ < 0) file_fd_ = ::open(file_.c_str(), O_WRONLY | O_CLOEXEC);
    return file_fd_ >= 0;
}

void GrowAhead::before_commit(int fd, std::uint64_t used, std::uint64_t end) noexcept {
    if (used < from_) return;
    try {
        struct stat status = {};
        if (::fstat(fd, &status) != 0) return;
        const auto size = static_cast<std::uint64_t>(status.st_size);
        const std::uint64_t step = std::clamp(used / 2, from_, std::max(from_, kStepMost));
        // The next step is filled while the last half of the one before is used up.
        if (end + step / 2 <= size) return;
        const std::uint64_t begin = (std::max(size, end) + kPage - 1) / kPage * kPage;
        claim(fd, size, {begin, begin + step / kPage * kPage});
    } catch (const std::exception&) {
    }
}

void GrowAhead::claim(int fd, std::uint64_t size, Zone zone) {
    const std::lock_guard lock(mutex_);
    if (zone_.end != 0 || !open()) return;
    // Before anything is locked: nobody would let go of it if there were no thread.
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    // A disk without room for the step may still have room for the commit.
    if (::fallocate(fd, 0, static_cast<off_t>(size), static_cast<off_t>(zone.end - size)) != 0) return;
    if (!set_lock(file_fd_, F_OFD_SETLK, F_WRLCK, zone.begin, zone.end)) return;
    zone_ = zone;
    changed_.notify_all();
}

void GrowAhead::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || zone_.end != 0; });
        if (zone_.end == 0) return;
        const Zone zone = zone_;
        if (!ending_) {
            lock.unlock();
            fill(zone);
            lock.lock();
        }
        set_lock(file_fd_, F_OFD_SETLK, F_UNLCK, zone.begin, zone.end);
        zone_ = {};
    }
}

void GrowAhead::fill(Zone zone) {
    try {
        const std::vector<std::uint8_t> zeros(kChunk);
        for (std::uint64_t at = zone.begin; at < zone.end;) {
            const std::size_t size = std::min<std::uint64_t>(kChunk, zone.end - at);
            const ssize_t written = ::pwrite(file_fd_, zeros.data(), size, static_cast<off_t>(at));
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return;
            // Each piece goes to the disk by itself: a commit syncs what it finds unwritten.
            ::sync_file_range(file_fd_, static_cast<off_t>(at), written,
                              SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
            at += static_cast<std::uint64_t>(written);
            const std::lock_guard lock(mutex_);
            if (ending_) return;
        }
        // So that no commit has to do it.
        ::fdatasync(file_fd_);
    } catch (const std::exception&) {
    }
}

}  // namespace certledger::store::lmdb
