#include "cert/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace certledger::cli {
namespace {

constexpr std::size_t kMaxPassword = 1'024;

tl::unexpected<Error> file_error(ErrorKind kind, const std::string& path, const std::string& why) {
    return fail(kind, "file " + path + ": " + why);
}

/// Writes and syncs; an errno, or 0.
int write_all(int descriptor, std::span<const std::uint8_t> octets) {
    while (!octets.empty()) {
        const ssize_t wrote = ::write(descriptor, octets.data(), octets.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return errno;
        octets = octets.subspan(static_cast<std::size_t>(wrote));
    }
    return ::fsync(descriptor) == 0 ? 0 : errno;
}

}  // namespace

Result<void> write_file(const std::string& path, std::span<const std::uint8_t> octets,
                        const FileRules& rules) {
    struct stat known {};
    const bool exists = ::lstat(path.c_str(), &known) == 0;
    if (exists && !rules.replace) {
        return file_error(ErrorKind::invalid_input, path, "exists; --force replaces it");
    }
    if (exists && !S_ISREG(known.st_mode) && !S_ISLNK(known.st_mode)) {
        return file_error(ErrorKind::invalid_input, path, "is no file");
    }
    std::string part = path + ".XXXXXX";
    const int descriptor = ::mkostemp(part.data(), O_CLOEXEC);
    if (descriptor < 0) return file_error(ErrorKind::outside, path, std::strerror(errno));
    int fault = ::fchmod(descriptor, rules.secret ? 0600 : 0644) == 0 ? 0 : errno;
    if (fault == 0) fault = write_all(descriptor, octets);
    ::close(descriptor);
    // link() refuses where rename() would replace what came into being meanwhile.
    if (fault == 0 && rules.replace) {
        fault = ::rename(part.c_str(), path.c_str()) == 0 ? 0 : errno;
    } else if (fault == 0) {
        fault = ::link(part.c_str(), path.c_str()) == 0 ? 0 : errno;
        ::unlink(part.c_str());
    }
    if (fault != 0) {
        ::unlink(part.c_str());
        return file_error(ErrorKind::outside, path, std::strerror(fault));
    }
    return {};
}

Result<adapters::SecretBytes> read_secret_file(const std::string& path, std::size_t max_size) {
    const int descriptor = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return file_error(ErrorKind::invalid_input, path, std::strerror(errno));
    adapters::SecretBytes contents;
    std::array<std::uint8_t, 16'384> buffer{};
    ssize_t got = 0;
    while (contents.size() <= max_size) {
        got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        contents.append(std::span<const std::uint8_t>(buffer.data(), static_cast<std::size_t>(got)));
    }
    const int fault = got < 0 ? errno : 0;
    adapters::wipe(buffer.data(), buffer.size());
    if (descriptor != STDIN_FILENO) ::close(descriptor);
    if (fault != 0) return file_error(ErrorKind::invalid_input, path, std::strerror(fault));
    if (contents.size() > max_size) {
        return file_error(ErrorKind::invalid_input, path,
                          "longer than " + std::to_string(max_size) + " octets");
    }
    return contents;
}

Result<adapters::SecretBytes> read_password_file(const std::string& path) {
    auto contents = read_secret_file(path, kMaxPassword);
    if (!contents) return contents;
    const auto text = contents->text();
    std::size_t length = text.find('\n');
    if (length == std::string_view::npos) length = text.size();
    if (length > 0 && text[length - 1] == '\r') --length;
    if (length == 0)
        return file_error(ErrorKind::invalid_input, path, "its first line is empty, must be the password");
    contents->shrink(length);
    return contents;
}

}  // namespace certledger::cli
