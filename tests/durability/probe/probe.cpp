// A library that is loaded before the C library (LD_PRELOAD) into the program under test. It watches the
// files below one folder: it writes down every call that changes them, and makes one call fail when it is
// told to.
//
// It passes the calls on to the kernel itself, so that nothing here depends on which C library is behind it.
// A call and its line in the trace are one step under a lock: the trace is the order in which things
// happened. What goes through a map (LMDB's lock files) is not seen.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include "trace_format.hpp"

namespace {

using namespace certledger::durability;

struct Watched {
    bool on = false;
    bool synchronous = false;
    bool appends = false;
    std::string path;  ///< Below the folder.
};

struct Fault {
    std::string path;
    std::string call;
    long number = 0;
    int error = 0;
    bool after = false;
    bool always = false;
    bool given = false;
    long seen = 0;
};

class Probe {
  public:
    Probe() {
        const char* const folder = std::getenv(kFolderVariable);
        const char* const trace = std::getenv(kTraceVariable);
        const char* const fault = std::getenv(kFaultVariable);
        if (folder != nullptr) folder_ = folder;
        if (trace != nullptr)
            trace_ = static_cast<int>(
                ::syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (fault != nullptr) read_fault(fault);
    }

    std::recursive_mutex mutex;

    [[nodiscard]] bool on() const { return !folder_.empty(); }

    /// The path below the folder; false when it is somewhere else. The folder itself is the empty path.
    bool below(const char* path, std::string& out) const {
        if (!on() || path == nullptr) return false;
        std::string_view text(path);
        while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
        if (text == folder_) {
            out.clear();
            return true;
        }
        if (text.size() <= folder_.size() || !text.starts_with(folder_) || text[folder_.size()] != '/')
            return false;
        text.remove_prefix(folder_.size() + 1);
        // The lock files of LMDB are written through a map and made anew by whoever comes first.
        if (text.ends_with("-lock")) return false;
        out = text;
        return true;
    }

    Watched* watched(int fd) {
        if (!on() || fd < 0 || static_cast<std::size_t>(fd) >= files_.size()) return nullptr;
        Watched& file = files_[static_cast<std::size_t>(fd)];
        return file.on ? &file : nullptr;
    }

    void watch(int fd, int flags, std::string path) {
        if (fd < 0 || static_cast<std::size_t>(fd) >= files_.size()) return;
        files_[static_cast<std::size_t>(fd)] = {true, (flags & O_DSYNC) != 0, (flags & O_APPEND) != 0,
                                                std::move(path)};
    }

    void forget(int fd) {
        if (Watched* const file = watched(fd)) file->on = false;
    }

    void add(Step step, std::string_view path, std::uint64_t offset = 0, const void* octets = nullptr,
             std::size_t size = 0) const {
        if (trace_ < 0) return;
        StepHeader header;
        header.step = step;
        header.path_size = static_cast<std::uint16_t>(path.size());
        header.octets = static_cast<std::uint32_t>(size);
        header.offset = offset;
        std::array<iovec, 3> parts{};
        parts[0] = {&header, sizeof header};
        parts[1] = {const_cast<char*>(path.data()), path.size()};
        parts[2] = {const_cast<void*>(octets), size};
        const auto whole = static_cast<long>(sizeof header + path.size() + size);
        // A trace with a hole would prove nothing.
        if (::syscall(SYS_writev, trace_, parts.data(), 3) != whole) std::abort();
    }

    /// Whether this call is to fail.
    bool strikes(std::string_view path, std::string_view call) {
        again_ = false;
        if (fault_.number == 0 || !is_meant(path)) return false;
        // A disk that has failed for good fails whatever is written from then on.
        if (fault_.given && fault_.always && (call == "write" || call == "sync" || call == "resize"))
            return again_ = true;
        if (call != fault_.call || ++fault_.seen != fault_.number) return false;
        fault_.given = true;
        add(Step::fault, std::string(path) + " " + fault_.call);
        return true;
    }
    /// 0: a write is cut short. What fails again and again fails altogether.
    [[nodiscard]] int error() const { return again_ && fault_.error == 0 ? EIO : fault_.error; }
    [[nodiscard]] bool after() const { return fault_.after && !again_; }

  private:
    /// A star stands for the rest of a name: some are made up.
    [[nodiscard]] bool is_meant(std::string_view path) const {
        const std::string_view meant = fault_.path;
        if (meant.ends_with('*')) return path.starts_with(meant.substr(0, meant.size() - 1));
        return path == meant;
    }

    void read_fault(const char* text) {
        std::array<char, 256> path{};
        std::array<char, 16> call{};
        std::array<char, 16> when{};
        std::array<char, 16> often{};
        if (std::sscanf(text, "%255s %15s %ld %d %15s %15s", path.data(), call.data(), &fault_.number,
                        &fault_.error, when.data(), often.data()) != 6)
            std::abort();
        fault_.path = path.data();
        fault_.call = call.data();
        fault_.after = std::string_view(when.data()) == "after";
        fault_.always = std::string_view(often.data()) == "always";
    }

    std::string folder_;
    int trace_ = -1;
    Fault fault_;
    bool again_ = false;  ///< It has failed before.
    std::array<Watched, 1024> files_;
};

/// Never destroyed: files are closed after the last destructor.
Probe& probe() {
    static Probe* const only = new Probe;
    return *only;
}

long failed(int error) {
    errno = error;
    return -1;
}

/// Runs a call that is not a write, or fails it. `done` is told of a call that went well.
template <class Call, class Done>
long guarded(std::string_view path, std::string_view name, const Call& call, const Done& done) {
    Probe& all = probe();
    const bool strikes = all.strikes(path, name);
    const int error = all.error() == 0 ? EIO : all.error();
    if (strikes && !all.after()) return failed(error);
    const long outcome = call();
    if (outcome >= 0) done();
    return strikes ? failed(error) : outcome;
}

/// Where a write without an offset goes.
std::uint64_t place_of(int fd, const Watched& file) {
    if (file.appends) {
        struct stat facts = {};
        if (::fstat(fd, &facts) == 0) return static_cast<std::uint64_t>(facts.st_size);
    }
    const long at = ::syscall(SYS_lseek, fd, 0, SEEK_CUR);
    return at < 0 ? 0 : static_cast<std::uint64_t>(at);
}

/// The octets of a gathering write as one piece.
std::string gathered(const iovec* parts, int count) {
    std::string octets;
    for (int i = 0; i < count; ++i)
        octets.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    return octets;
}

/// A write of all kinds. `offset` below 0: where the descriptor stands.
ssize_t put(int fd, const char* octets, std::size_t size, long offset) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    const auto pass_on = [&](std::size_t length) -> ssize_t {
        if (offset >= 0) return ::syscall(SYS_pwrite64, fd, octets, length, offset);
        return ::syscall(SYS_write, fd, octets, length);
    };
    Watched* const file = all.watched(fd);
    if (file == nullptr) {
        // Whoever reads the answer may do so before the call returns.
        if (fd == STDOUT_FILENO && all.on()) all.add(Step::output, "", 0, octets, size);
        return pass_on(size);
    }
    const bool strikes = all.strikes(file->path, "write");
    const int error = all.error();
    if (strikes && error != 0 && !all.after()) return failed(error);
    const std::size_t length = strikes && error == 0 ? size / 2 : size;
    const std::uint64_t at = offset >= 0 ? static_cast<std::uint64_t>(offset) : place_of(fd, *file);
    const ssize_t done = pass_on(length);
    if (done > 0)
        all.add(file->synchronous ? Step::sync_write : Step::write, file->path, at, octets,
                static_cast<std::size_t>(done));
    return strikes && error != 0 ? failed(error) : done;
}

int opened(int folder, const char* path, int flags, mode_t mode) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    std::string name;
    const auto pass_on = [&] { return ::syscall(SYS_openat, folder, path, flags, mode); };
    if (!all.below(path, name)) {
        const auto fd = static_cast<int>(pass_on());
        all.forget(fd);
        return fd;
    }
    const bool there = ::syscall(SYS_faccessat, folder, path, F_OK) == 0;
    long fd = -1;
    return static_cast<int>(guarded(
        name, "open", [&] { return fd = pass_on(); },
        [&] {
            if (!there) all.add(Step::make, name);
            if (there && (flags & O_TRUNC) != 0) all.add(Step::resize, name, 0);
            all.watch(static_cast<int>(fd), flags, name);
        }));
}

int synced(int fd, long call) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    Watched* const file = all.watched(fd);
    if (file == nullptr) return static_cast<int>(::syscall(call, fd));
    return static_cast<int>(guarded(
        file->path, "sync", [&] { return ::syscall(call, fd); }, [&] { all.add(Step::sync, file->path); }));
}

int resized(int fd, long call, int mode, off_t begin, off_t size) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    const auto pass_on = [&]() -> long {
        if (call == SYS_ftruncate) return ::syscall(SYS_ftruncate, fd, size);
        return ::syscall(SYS_fallocate, fd, mode, begin, size);
    };
    Watched* const file = all.watched(fd);
    if (file == nullptr) return static_cast<int>(pass_on());
    return static_cast<int>(guarded(file->path, "resize", pass_on, [&] {
        struct stat facts = {};
        if (::fstat(fd, &facts) == 0)
            all.add(Step::resize, file->path, static_cast<std::uint64_t>(facts.st_size));
    }));
}

int renamed(int from_folder, const char* from, int to_folder, const char* to) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    std::string old_name;
    std::string new_name;
    const auto pass_on = [&] { return ::syscall(SYS_renameat2, from_folder, from, to_folder, to, 0); };
    if (!all.below(from, old_name) || !all.below(to, new_name)) return static_cast<int>(pass_on());
    return static_cast<int>(guarded(new_name, "name", pass_on, [&] {
        all.add(Step::rename, old_name, 0, new_name.data(), new_name.size());
    }));
}

int linked(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    std::string old_name;
    std::string new_name;
    const auto pass_on = [&] { return ::syscall(SYS_linkat, from_folder, from, to_folder, to, flags); };
    if (!all.below(from, old_name) || !all.below(to, new_name)) return static_cast<int>(pass_on());
    return static_cast<int>(guarded(new_name, "name", pass_on, [&] {
        all.add(Step::link, old_name, 0, new_name.data(), new_name.size());
    }));
}

int unlinked(int folder, const char* path, int flags) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    std::string name;
    const auto pass_on = [&] { return ::syscall(SYS_unlinkat, folder, path, flags); };
    if (!all.below(path, name)) return static_cast<int>(pass_on());
    return static_cast<int>(guarded(name, "name", pass_on, [&] { all.add(Step::unlink, name); }));
}

int made_folder(int folder, const char* path, mode_t mode) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    std::string name;
    const auto pass_on = [&] { return ::syscall(SYS_mkdirat, folder, path, mode); };
    if (!all.below(path, name)) return static_cast<int>(pass_on());
    return static_cast<int>(guarded(name, "folder", pass_on, [&] { all.add(Step::make_folder, name); }));
}

mode_t mode_after(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

// The names that programs and libraries call, in the form for small and for large files.
#pragma GCC visibility push(default)
extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_after(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_after(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_after(flags, arguments);
    va_end(arguments);
    return opened(folder, path, flags, mode);
}
int close(int fd) {
    Probe& all = probe();
    const std::lock_guard lock(all.mutex);
    all.forget(fd);
    return static_cast<int>(::syscall(SYS_close, fd));
}
ssize_t write(int fd, const void* octets, size_t size) {
    return put(fd, static_cast<const char*>(octets), size, -1);
}
ssize_t pwrite(int fd, const void* octets, size_t size, off_t offset) {
    return put(fd, static_cast<const char*>(octets), size, offset);
}
ssize_t pwrite64(int fd, const void* octets, size_t size, off64_t offset) {
    return put(fd, static_cast<const char*>(octets), size, offset);
}
ssize_t writev(int fd, const iovec* parts, int count) {
    const std::string octets = gathered(parts, count);
    return put(fd, octets.data(), octets.size(), -1);
}
ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
    const std::string octets = gathered(parts, count);
    return put(fd, octets.data(), octets.size(), offset);
}
ssize_t pwritev64(int fd, const iovec* parts, int count, off64_t offset) {
    const std::string octets = gathered(parts, count);
    return put(fd, octets.data(), octets.size(), offset);
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }
int ftruncate(int fd, off_t size) noexcept { return resized(fd, SYS_ftruncate, 0, 0, size); }
int ftruncate64(int fd, off64_t size) noexcept { return resized(fd, SYS_ftruncate, 0, 0, size); }
int fallocate(int fd, int mode, off_t begin, off_t size) {
    return resized(fd, SYS_fallocate, mode, begin, size);
}
int fallocate64(int fd, int mode, off64_t begin, off64_t size) {
    return resized(fd, SYS_fallocate, mode, begin, size);
}
int rename(const char* from, const char* to) noexcept { return renamed(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
    return renamed(from_folder, from, to_folder, to);
}
int link(const char* from, const char* to) noexcept { return linked(AT_FDCWD, from, AT_FDCWD, to, 0); }
int unlink(const char* path) noexcept { return unlinked(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char* path, int flags) noexcept { return unlinked(folder, path, flags); }
int rmdir(const char* path) noexcept { return unlinked(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) noexcept {
    const int outcome = unlinked(AT_FDCWD, path, 0);
    return outcome != 0 && errno == EISDIR ? unlinked(AT_FDCWD, path, AT_REMOVEDIR) : outcome;
}
int mkdir(const char* path, mode_t mode) noexcept { return made_folder(AT_FDCWD, path, mode); }
int mkdirat(int folder, const char* path, mode_t mode) noexcept { return made_folder(folder, path, mode); }

}  // extern "C"
#pragma GCC visibility pop
