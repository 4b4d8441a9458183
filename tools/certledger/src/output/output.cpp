#include "output/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "output/text.hpp"

namespace certledger::cli {
namespace {

constexpr std::size_t kBuffer = 65'536;

const char* code_of(Style style) {
    switch (style) {
        case Style::plain:
            return "";
        case Style::strong:
            return "\x1b[1m";
        case Style::faint:
            return "\x1b[2m";
        case Style::good:
            return "\x1b[32m";
        case Style::warn:
            return "\x1b[33m";
        case Style::bad:
            return "\x1b[31m";
        case Style::accent:
            return "\x1b[36m";
    }
    return "";
}

std::size_t columns() {
    if (const char* given = std::getenv("COLUMNS")) {
        std::size_t value = 0;
        const char* end = given + std::strlen(given);
        const auto [stop, error] = std::from_chars(given, end, value);
        if (error == std::errc() && stop == end && value >= 20 && value <= kUnlimited) return value;
    }
    winsize size{};
    if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return isatty(STDOUT_FILENO) != 0 ? 80 : kUnlimited;
}

bool colors(ColorMode mode, int descriptor) {
    if (mode != ColorMode::automatic) return mode == ColorMode::always;
    const char* terminal = std::getenv("TERM");
    return isatty(descriptor) != 0 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

void to_stderr(std::string_view text) { (void)!::write(STDERR_FILENO, text.data(), text.size()); }

}  // namespace

Output::Output(const Globals& globals)
    : json_(globals.json),
      quiet_(globals.quiet),
      verbose_(globals.verbose),
      color_(!globals.json && colors(globals.color, STDOUT_FILENO)),
      error_color_(colors(globals.color, STDERR_FILENO)),
      live_(!globals.quiet && !globals.json && isatty(STDERR_FILENO) != 0),
      width_(columns()) {}

Output::~Output() { flush(); }

void Output::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty() && !failed_) {
        const ssize_t wrote = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) {
            failed_ = true;
            failure_ = errno;
            break;
        }
        rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
    buffer_.clear();
}

void Output::text(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kBuffer) flush();
}

void Output::line(std::string_view text) {
    buffer_ += text;
    this->text("\n");
}

void Output::document(const events::json::OrderedJson& document) {
    const int indent = isatty(STDOUT_FILENO) != 0 ? 2 : -1;
    line(document.dump(indent, ' ', false, events::json::OrderedJson::error_handler_t::replace));
}

void Output::json_line(const events::json::OrderedJson& document) {
    line(document.dump(-1, ' ', false, events::json::OrderedJson::error_handler_t::replace));
}

void Output::note(std::string_view text) {
    if (quiet_) return;
    end_progress();
    to_stderr(std::string(text) + "\n");
}

void Output::complaint(std::string_view text) {
    end_progress();
    const std::string shown = error_color_ ? std::string(code_of(Style::bad)) + "error:\x1b[0m " : "error: ";
    to_stderr("certledger: " + shown + std::string(text) + "\n");
}

void Output::warning(std::string_view text) {
    end_progress();
    const std::string shown =
        error_color_ ? std::string(code_of(Style::warn)) + "warning:\x1b[0m " : "warning: ";
    to_stderr("certledger: " + shown + std::string(text) + "\n");
}

std::string Output::paint(Style style, std::string_view text) const {
    if (!color_ || style == Style::plain) return std::string(text);
    return std::string(code_of(style)) + std::string(text) + "\x1b[0m";
}

void Output::progress(std::string_view label, std::uint64_t done, std::uint64_t total) {
    if (!live_) return;
    // As often as somebody can see.
    constexpr std::chrono::milliseconds between{50};
    const auto now = std::chrono::steady_clock::now();
    if (shows_progress_ && now - shown_at_ < between && done < total) return;
    shown_at_ = now;
    shows_progress_ = true;
    constexpr std::uint64_t cells = 24;
    const std::uint64_t full = total == 0 ? cells : done * cells / total;
    std::string bar = "\r" + std::string(label) + " [";
    for (std::uint64_t i = 0; i < cells; ++i) bar += i < full ? '#' : '.';
    to_stderr(bar + "] " + std::to_string(done) + " of " + std::to_string(total));
}

void Output::end_progress() {
    if (!shows_progress_) return;
    shows_progress_ = false;
    to_stderr("\r\x1b[K");
}

Result<void> Output::finish() {
    end_progress();
    flush();
    if (failed_) {
        return fail(ErrorKind::outside,
                    std::string("standard output cannot be written: ") + std::strerror(failure_));
    }
    return {};
}

}  // namespace certledger::cli
