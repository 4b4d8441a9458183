// Role: where a command's words go. With --json nothing but JSON goes to stdout; results for people go to
// stdout, remarks and progress to stderr.
#pragma once

#include <certledger/events/json/json.hpp>
#include <certledger/events/result.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "args/globals.hpp"

namespace certledger::cli {

enum class Style { plain, strong, faint, good, warn, bad, accent };

/// A row that knows no end to the right: no terminal, and COLUMNS says nothing.
inline constexpr std::size_t kUnlimited = 100'000;

/// Not thread-safe. Text is buffered until finish() or until the buffer is full.
class Output {
  public:
    explicit Output(const Globals& globals);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] bool json() const noexcept { return json_; }
    [[nodiscard]] bool verbose() const noexcept { return verbose_; }
    [[nodiscard]] bool quiet() const noexcept { return quiet_; }
    /// Columns to fit rows into: COLUMNS, else the terminal's, else kUnlimited.
    [[nodiscard]] std::size_t width() const noexcept { return width_; }

    void text(std::string_view text);
    void line(std::string_view text = {});
    /// One JSON document and a line end; indented on a terminal.
    void document(const events::json::OrderedJson& document);
    /// One line of JSON Lines.
    void json_line(const events::json::OrderedJson& document);

    /// A remark on stderr; not with --quiet.
    void note(std::string_view text);
    /// An error on stderr, always.
    void complaint(std::string_view text);
    /// What was done is done, but something beside it was not; on stderr, always.
    void warning(std::string_view text);

    /// The text in a style when stdout takes colours.
    [[nodiscard]] std::string paint(Style style, std::string_view text) const;
    /// "label: 42 of 100" on stderr, rewritten in place; only on a terminal, not with --quiet or --json.
    void progress(std::string_view label, std::uint64_t done, std::uint64_t total);
    void end_progress();

    /// Writes what is buffered. outside: stdout cannot be written.
    [[nodiscard]] Result<void> finish();

  private:
    bool json_;
    bool quiet_;
    bool verbose_;
    bool color_ = false;
    bool error_color_ = false;
    bool live_ = false;  ///< Progress may be shown.
    bool shows_progress_ = false;
    std::chrono::steady_clock::time_point shown_at_;
    bool failed_ = false;
    int failure_ = 0;
    std::size_t width_ = kUnlimited;
    std::string buffer_;
    void flush();
};

}  // namespace certledger::cli
