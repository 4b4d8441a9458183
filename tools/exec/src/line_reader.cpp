#include "line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace certledger::exec {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10U;

}  // namespace

/// Takes a whole line out of the buffer, if one is there.
bool LineReader::take_line(Line& line) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        if (searched_ - begin_ > longest_) {
            // The rest of the line is of no use to anybody.
            skipping_ = true;
            begin_ = searched_;
        }
        return false;
    }
    line.too_long = skipping_ || end - begin_ > longest_;
    line.text = line.too_long ? std::string_view() : std::string_view(buffer_).substr(begin_, end - begin_);
    skipping_ = false;
    begin_ = end + 1;
    searched_ = begin_;
    return true;
}

Result<void> LineReader::fill() {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    const std::size_t held = buffer_.size();
    buffer_.resize(held + kBlock);
    ssize_t count = 0;
    do {
        count = ::read(descriptor_, buffer_.data() + held, kBlock);
    } while (count < 0 && errno == EINTR);
    buffer_.resize(held + static_cast<std::size_t>(count > 0 ? count : 0));
    if (count < 0)
        return fail(ErrorKind::outside, std::string("the input cannot be read: ") + std::strerror(errno));
    if (count == 0) ended_ = true;
    return {};
}

bool LineReader::would_wait() {
    if (ended_ || buffer_.find('\n', searched_) != std::string::npos) return false;
    pollfd ready{descriptor_, POLLIN, 0};
    return ::poll(&ready, 1, 0) == 0;
}

Result<bool> LineReader::next(Line& line) {
    while (!take_line(line)) {
        if (ended_) {
            const bool rest = begin_ < buffer_.size() || skipping_;
            line.too_long = skipping_;
            line.text = std::string_view(buffer_).substr(begin_);
            begin_ = searched_ = buffer_.size();
            skipping_ = false;
            return rest;
        }
        if (auto filled = fill(); !filled) return tl::make_unexpected(filled.error());
    }
    return true;
}

}  // namespace certledger::exec
