#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <certledger/adapters/vault/master_key.hpp>
#include <certledger/events/digest.hpp>
#include <cstdio>
#include <system_error>
#include <utility>

#include "gcm.hpp"

namespace certledger::adapters::vault {

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

std::string why(int error) { return std::generic_category().message(error); }

std::string octal(mode_t mode) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
    return text.data();
}

Result<void> check_file(const std::string& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::invalid_input, "key file " + path + ": must be a regular file");
    }
    if ((status.st_mode & 077) != 0) {
        return fail(ErrorKind::invalid_input,
                    "key file " + path + ": mode " + octal(status.st_mode) + ", must be 0600");
    }
    if (status.st_uid != ::geteuid()) {
        return fail(ErrorKind::invalid_input, "key file " + path + ": belongs to user " +
                                                  std::to_string(status.st_uid) + ", must belong to user " +
                                                  std::to_string(::geteuid()));
    }
    return {};
}

/// Writes everything, also after interruptions; the error number, or 0.
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

/// Puts the key into a new file that nobody else can know yet; the error number, or 0.
int write_new_file(const std::string& path, std::string_view text) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid()) {
        return errno;
    }
    if (const int error = write_all(file.get(), text); error != 0) {
        return error;
    }
    return ::fsync(file.get()) == 0 ? 0 : errno;
}

int sync_folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.valid() && ::fsync(directory.get()) == 0 ? 0 : errno;
}

}  // namespace

Result<SecretBytes> master_key_from_text(std::string_view hex) {
    auto octets = events::bytes_from_hex(hex);
    if (!octets || octets->size() != kMasterKeyOctets) {
        return fail(ErrorKind::invalid_input, "master key: must be 64 hexadecimal digits");
    }
    SecretBytes key = SecretBytes::copy_of(std::span<const std::uint8_t>(*octets));
    wipe(octets->data(), octets->size());
    return key;
}

Result<SecretBytes> read_master_key(const std::string& path) {
    // Not through a symbolic link: it could point into somebody else's folder.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.valid()) {
        const int error = errno;
        const ErrorKind kind = error == ENOENT  ? ErrorKind::not_found
                               : error == ELOOP ? ErrorKind::invalid_input
                                                : ErrorKind::outside;
        return fail(
            kind, "key file " + path + ": " + (error == ELOOP ? "must not be a symbolic link" : why(error)));
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        return fail(ErrorKind::outside, "key file " + path + ": " + why(errno));
    }
    if (auto checked = check_file(path, status); !checked) {
        return tl::make_unexpected(checked.error());
    }
    SecretBytes text(2 * kMasterKeyOctets + 2);
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno != EINTR) {
            return fail(ErrorKind::outside, "key file " + path + ": " + why(errno));
        }
        if (got == 0) {
            break;
        }
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    text.shrink(size);
    if (!text.empty() && text.text().back() == '\n') {
        text.shrink(text.size() - 1);
    }
    auto key = master_key_from_text(text.text());
    if (!key) {
        return fail(ErrorKind::damaged,
                    "key file " + path + ": must hold 64 hexadecimal digits and a line end");
    }
    return key;
}

Result<SecretBytes> create_master_key(const std::string& path) {
    const SecretBytes key = random_key();
    std::string text = events::to_hex(key.data(), key.size()) + "\n";
    const SecretBytes suffix = random_key();
    const std::string temporary = path + "." + events::to_hex(suffix.data(), 8);
    int error = write_new_file(temporary, text);
    wipe(text);
    // A link, not a rename: it fails when another process was faster, whose key then counts.
    if (error == 0 && ::link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) {
        error = errno;
    }
    ::unlink(temporary.c_str());
    if (error == 0) {
        error = sync_folder_of(path);
    }
    if (error != 0) {
        return fail(ErrorKind::outside, "key file " + path + ": cannot be made: " + why(error));
    }
    return read_master_key(path);
}

}  // namespace certledger::adapters::vault
