#include "new_file.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace certledger::store::lmdb {
namespace {

namespace fs = std::filesystem;

/// Only the pages of an empty database are ever in it.
constexpr std::size_t kDraftMap = std::size_t{1} << 20U;
constexpr const char* kFailedCommit = "-unknown";
/// Of a reader in the lock file, and how many of them its head takes.
constexpr unsigned kLockSlot = 64;
constexpr unsigned kLockHead = 4;

fs::path folder_above(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Result<void> make_folders(const fs::path& folder, bool durable) {
    if (folder.empty() || ::access(folder.c_str(), F_OK) == 0) return {};
    if (auto above = make_folders(folder.parent_path(), durable); !above) return above;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(ErrorKind::outside, folder.string() + ": cannot be made: " + std::strerror(errno));
    return durable ? sync_folder(folder_above(folder)) : Result<void>{};
}

int sync_env(MDB_env* env) {
    mdb_filehandle_t fd = -1;
    if (const int code = mdb_env_get_fd(env, &fd); code != 0) return code;
    while (::fsync(fd) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

/// LMDB's code for what went wrong, 0 when the file is there.
int write_empty(const fs::path& file, bool durable) {
    MDB_env* env = nullptr;
    int code = mdb_env_create(&env);
    if (code != 0) return code;
    code = mdb_env_set_mapsize(env, kDraftMap);
    if (code == 0) code = mdb_env_open(env, file.c_str(), MDB_NOSUBDIR | MDB_NOLOCK, 0600);
    if (code == 0 && durable) code = sync_env(env);
    mdb_env_close(env);
    return code;
}

}  // namespace

Result<void> sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == EACCES) return {};
        return fail(ErrorKind::outside, folder.string() + ": cannot be synced: " + std::strerror(errno));
    }
    int code = 0;
    do {
        code = ::fsync(fd) == 0 ? 0 : errno;
    } while (code == EINTR);
    ::close(fd);
    if (code != 0 && code != EINVAL)
        return fail(ErrorKind::outside, folder.string() + ": cannot be synced: " + std::strerror(code));
    return {};
}

Result<void> make_data_file(const EnvironmentOptions& options) {
    const fs::path& file = options.file;
    if (auto made = make_folders(file.parent_path(), options.durable); !made) return made;
    if (::access(file.c_str(), F_OK) == 0) return {};
    const fs::path draft = file.string() + ".new-" + std::to_string(::getpid());
    ::unlink(draft.c_str());
    const int written = write_empty(draft, options.durable);
    // A link, not a rename: it fails when another process was faster, whose file then counts.
    const bool linked = written == 0 && ::link(draft.c_str(), file.c_str()) == 0;
    const int code = linked ? 0 : errno;
    ::unlink(draft.c_str());
    if (written != 0)
        return fail(ErrorKind::outside, file.string() + ": cannot be made: " + mdb_strerror(written));
    // Where there are no links LMDB makes the file in its place.
    if (!linked && code != EEXIST && code != EPERM && code != EOPNOTSUPP && code != ENOSYS)
        return fail(ErrorKind::outside, file.string() + ": cannot be made: " + std::strerror(code));
    return options.durable ? sync_folder(folder_above(file)) : Result<void>{};
}

Result<void> reserve_lock_file(const EnvironmentOptions& options) {
    const fs::path file = options.file.string() + "-lock";
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    // LMDB says better what is wrong with it, or does without on a file system that cannot be written.
    if (fd < 0) return {};
    // Its length tells LMDB whether it is new, and stays as it is.
    const off_t octets = static_cast<off_t>(kLockSlot) * (options.readers_max + kLockHead);
    const int code = ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, octets) == 0 ? 0 : errno;
    ::close(fd);
    if (code == ENOSPC || code == EDQUOT || code == EFBIG)
        return fail(ErrorKind::outside, file.string() + ": no room on the disk: " + std::strerror(code));
    return {};
}

void remember_failed_commit(const fs::path& file, std::uint64_t transaction) noexcept {
    try {
        const std::string text = std::to_string(transaction) + "\n";
        const fs::path note = file.string() + kFailedCommit;
        const int fd = ::open(note.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0) return;
        const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        if (written && ::fsync(fd) == 0) static_cast<void>(sync_folder(folder_above(file)));
        ::close(fd);
    } catch (const std::exception&) {
        // Whoever opens the file next is told of damage and not of this commit: nothing is lost by that.
    }
}

std::uint64_t failed_commit(const fs::path& file) {
    const fs::path note = file.string() + kFailedCommit;
    const int fd = ::open(note.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[24] = {};
    const ssize_t size = ::read(fd, text, sizeof text - 1);
    ::close(fd);
    return size > 0 ? std::strtoull(text, nullptr, 10) : 0;
}

}  // namespace certledger::store::lmdb
