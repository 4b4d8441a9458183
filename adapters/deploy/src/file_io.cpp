#include "file_io.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace certledger::adapters::deploy {

namespace {

class Descriptor {
  public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] bool valid() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

tl::unexpected<Error> outside(const std::string& path, const char* what, int error) {
    return fail(ErrorKind::outside, path + ": " + what + ": " + std::generic_category().message(error));
}

int write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    return 0;
}

}  // namespace

namespace {

/// Makes the folder for its owner alone, and those above it that are missing as the system has it; an errno,
/// or 0.
int make_folders(const std::string& path) {
    std::error_code why;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), why);
    if (why) return why.value();
    return ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
}

}  // namespace

Result<Folder> Folder::lock(const std::string& path, bool create) {
    if (const int error = create ? make_folders(path) : 0; error != 0) {
        return outside(path, "the folder cannot be made", error);
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return outside(path, "the folder cannot be opened", errno);
    }
    Folder folder(descriptor, path);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorKind::conflict, path + ": another process is changing this folder");
    }
    return folder;
}

Folder::Folder(Folder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

Folder::~Folder() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);  // releases the lock
    }
}

tl::unexpected<Error> Folder::failed(const std::string& name, const char* what, int error) const {
    return outside(path_ + "/" + name, what, error);
}

bool Folder::exists(const std::string& name) const {
    return ::faccessat(descriptor_, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<void> Folder::write_new(const std::string& name, std::string_view contents, mode_t mode) const {
    ::unlinkat(descriptor_, name.c_str(), 0);  // what an earlier process left behind when it was killed
    const Descriptor file(
        ::openat(descriptor_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid()) {
        return failed(name, "cannot be made", errno);
    }
    int error = write_all(file.get(), contents);
    if (error == 0 && (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0)) {
        error = errno;
    }
    if (error != 0) {
        remove(name);
        return failed(name, "cannot be written", error);
    }
    return {};
}

Result<void> Folder::rename(const std::string& from, const std::string& to) const {
    if (::renameat(descriptor_, from.c_str(), descriptor_, to.c_str()) != 0) {
        return failed(to, "cannot be replaced", errno);
    }
    return {};
}

Result<void> Folder::keep_as(const std::string& name, const std::string& second) const {
    const std::string temporary = second + ".new";
    ::unlinkat(descriptor_, temporary.c_str(), 0);
    if (::linkat(descriptor_, name.c_str(), descriptor_, temporary.c_str(), 0) != 0) {
        return failed(second, "cannot be kept", errno);
    }
    auto renamed = rename(temporary, second);
    // A rename between two names of one file does nothing and leaves both.
    remove(temporary);
    return renamed;
}

void Folder::remove(const std::string& name) const { ::unlinkat(descriptor_, name.c_str(), 0); }

Result<void> Folder::sync() const {
    if (::fsync(descriptor_) != 0) {
        return outside(path_, "the folder cannot be made durable", errno);
    }
    return {};
}

Result<std::optional<std::string>> Folder::read_file(const std::string& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid()) {
        if (errno == ENOENT) {
            return std::optional<std::string>();
        }
        return outside(path, "cannot be opened", errno);
    }
    std::string contents;
    std::array<char, 16 * 1024> buffer{};
    while (true) {
        const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
        if (size < 0 && errno != EINTR) {
            return outside(path, "cannot be read", errno);
        }
        if (size == 0) {
            return std::optional(std::move(contents));
        }
        contents.append(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        if (contents.size() > limit) {
            return outside(path, "cannot be read", EFBIG);
        }
    }
}

}  // namespace certledger::adapters::deploy
