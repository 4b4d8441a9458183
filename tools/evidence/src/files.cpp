#include "files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace certledger::evidence {
namespace fs = std::filesystem;

namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOwnerOnlyFolder = 0700;

Result<Descriptor> open_file(const fs::path& path, int flags) {
    for (;;) {
        const int number = ::open(path.c_str(), flags | O_CLOEXEC, kOwnerOnly);
        if (number >= 0) return Descriptor(number);
        if (errno != EINTR) return file_error(path, errno);
    }
}

}  // namespace

void Descriptor::close() noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

tl::unexpected<Error> file_error(const fs::path& path, int reason) {
    return fail(ErrorKind::outside, "file " + path.string() + ": " + std::strerror(reason));
}

Result<std::optional<std::string>> read_file(const fs::path& path, std::size_t largest) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open()) {
        if (errno == ENOENT) return std::optional<std::string>{};
        return file_error(path, errno);
    }
    std::string octets;
    char block[16'384];
    for (;;) {
        const ssize_t count = ::read(file.number(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return file_error(path, errno);
        if (count == 0) return std::optional<std::string>{std::move(octets)};
        octets.append(block, static_cast<std::size_t>(count));
        if (octets.size() > largest) {
            return fail(ErrorKind::damaged,
                        "file " + path.string() + ": longer than " + std::to_string(largest) + " octets");
        }
    }
}

Result<void> write_all(const Descriptor& file, std::string_view octets, const fs::path& path) {
    while (!octets.empty()) {
        const ssize_t count = ::write(file.number(), octets.data(), octets.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return file_error(path, errno);
        octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> sync_file(const Descriptor& file, const fs::path& path) {
    if (::fsync(file.number()) != 0) return file_error(path, errno);
    return {};
}

Result<void> sync_folder(const fs::path& folder) {
    const fs::path shown = folder.empty() ? fs::path(".") : folder;
    auto opened = open_file(shown, O_RDONLY | O_DIRECTORY);
    if (!opened) return tl::make_unexpected(opened.error());
    return sync_file(*opened, shown);
}

Result<void> make_file(const fs::path& path, std::string_view octets) {
    auto file = open_file(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file) {
        std::error_code ignored;
        if (fs::exists(path, ignored))
            return fail(ErrorKind::invalid_input, "file " + path.string() + ": exists; it is not replaced");
        return tl::make_unexpected(file.error());
    }
    auto written = write_all(*file, octets, path);
    if (written) written = sync_file(*file, path);
    if (!written) {
        ::unlink(path.c_str());
        return written;
    }
    return sync_folder(path.parent_path());
}

Result<void> replace_file(const fs::path& path, std::string_view octets) {
    const fs::path beside = path.string() + ".new";
    auto file = open_file(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return tl::make_unexpected(file.error());
    auto written = write_all(*file, octets, beside);
    if (written) written = sync_file(*file, beside);
    if (written && ::rename(beside.c_str(), path.c_str()) != 0) written = file_error(path, errno);
    if (!written) {
        ::unlink(beside.c_str());
        return written;
    }
    return sync_folder(path.parent_path());
}

Result<void> make_folder(const fs::path& folder) {
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return {};
    if (folder.has_parent_path() && folder.parent_path() != folder) {
        if (auto above = make_folder(folder.parent_path()); !above) return above;
    }
    if (::mkdir(folder.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST) return file_error(folder, errno);
    return {};
}

Result<Descriptor> open_locked(const fs::path& path) {
    auto file = open_file(path, O_RDWR | O_CREAT | O_APPEND);
    if (!file) return file;
    while (::flock(file->number(), LOCK_EX) != 0) {
        if (errno != EINTR) return file_error(path, errno);
    }
    return file;
}

}  // namespace certledger::evidence
