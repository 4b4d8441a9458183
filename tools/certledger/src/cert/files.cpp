#include "cert/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>

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

Result<void> check_place(const std::string& path, bool replace) {
    struct stat known {};
    if (::lstat(path.c_str(), &known) != 0) return {};
    if (!replace) return file_error(ErrorKind::invalid_input, path, "exists; --force replaces it");
    if (!S_ISREG(known.st_mode) && !S_ISLNK(known.st_mode))
        return file_error(ErrorKind::invalid_input, path, "is no file");
    return {};
}

/// A file under a name of its own, gone with this object unless it was put in its place.
class Draft {
  public:
    explicit Draft(const NewFile& file) : file_(file), name_(file.path + ".XXXXXX") {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (written_) ::unlink(name_.c_str());
    }

    Result<void> write() {
        const int descriptor = ::mkostemp(name_.data(), O_CLOEXEC);
        if (descriptor < 0) return failed(errno);
        written_ = true;
        int fault = ::fchmod(descriptor, file_.secret ? 0600 : 0644) == 0 ? 0 : errno;
        if (fault == 0) fault = write_all(descriptor, file_.octets);
        ::close(descriptor);
        return fault == 0 ? Result<void>() : failed(fault);
    }
    Result<void> put(bool replace) {
        // link() refuses where rename() would replace what came into being meanwhile.
        const int done =
            replace ? ::rename(name_.c_str(), file_.path.c_str()) : ::link(name_.c_str(), file_.path.c_str());
        if (done != 0) return failed(errno);
        written_ = !replace;
        return {};
    }
    void take_back() const { ::unlink(file_.path.c_str()); }

  private:
    [[nodiscard]] Result<void> failed(int fault) const {
        return file_error(ErrorKind::outside, file_.path, std::strerror(fault));
    }

    const NewFile& file_;
    std::string name_;
    bool written_ = false;
};

}  // namespace

Result<void> write_files(const std::vector<NewFile>& files, bool replace) {
    std::deque<Draft> drafts;
    for (const auto& file : files) {
        if (auto good = check_place(file.path, replace); !good) return good;
        if (auto written = drafts.emplace_back(file).write(); !written) return written;
    }
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        auto put = drafts[i].put(replace);
        if (put) continue;
        for (std::size_t before = 0; !replace && before < i; ++before) drafts[before].take_back();
        return put;
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
