#include "marker.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <certledger/store/lmdb/boot.hpp>
#include <cstring>

namespace certledger::projections::lmdb {

namespace {

constexpr const char* kClean = "clean";

/// Empty where the system does not tell.
std::string this_boot() {
    const auto boot = store::lmdb::this_boot();
    return boot ? events::to_string(*boot) : std::string();
}

tl::unexpected<Error> outside(const char* what) {
    return fail(ErrorKind::outside, std::string("views: marker: ") + what + ": " + std::strerror(errno));
}

}  // namespace

Result<Marker> Marker::open(const std::filesystem::path& file) {
    const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (opened < 0) return outside("cannot be opened");
    Marker marker(opened);
    while (::flock(opened, LOCK_SH) != 0) {
        if (errno != EINTR) return outside("cannot be locked");
    }
    return marker;
}

Marker::Marker(int file) : file_(file) {}
Marker::Marker(Marker&& other) noexcept : file_(other.file_), dirty_(other.dirty_) { other.file_ = -1; }
Marker::~Marker() {
    if (file_ >= 0) ::close(file_);
}

std::string Marker::read() const {
    char text[64] = {};
    const auto size = ::pread(file_, text, sizeof text, 0);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

bool Marker::clean() const { return read() == kClean; }

bool Marker::suspect() const {
    const auto text = read();
    return text != kClean && (this_boot().empty() || text != this_boot());
}

bool Marker::hold_alone() { return ::flock(file_, LOCK_EX | LOCK_NB) == 0; }

void Marker::share() {
    // A lock that was held alone is given up for a moment at most to somebody who also only shares it.
    while (::flock(file_, LOCK_SH) != 0 && errno == EINTR) {
    }
}

Result<void> Marker::write(const std::string& text) {
    if (::ftruncate(file_, 0) != 0) return outside("cannot be written");
    if (::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return outside("cannot be written");
    if (::fdatasync(file_) != 0) return outside("cannot be put on the disk");
    return {};
}

Result<void> Marker::set_dirty() {
    if (dirty_) return {};
    const auto boot = this_boot();
    const std::string text = boot.empty() ? "unknown boot" : boot;
    if (read() != text) {
        if (auto done = write(text); !done) return done;
    }
    dirty_ = true;
    return {};
}

Result<void> Marker::set_clean() {
    dirty_ = false;
    return write(kClean);
}

}  // namespace certledger::projections::lmdb
