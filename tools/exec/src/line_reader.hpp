// Role: lines out of a file descriptor, with a limit on their length, and whether more is ready.
#pragma once

#include <certledger/events/result.hpp>
#include <string>
#include <string_view>

namespace certledger::exec {

struct Line {
    std::string_view text;  ///< Without its end; holds until the next call.
    bool too_long = false;  ///< Then there is no text.
};

/// Memory: at most the longest line and one block. The descriptor stays the caller's.
class LineReader {
  public:
    LineReader(int descriptor, std::size_t longest) : descriptor_(descriptor), longest_(longest) {}

    /// Whether next() would have to wait for the other side.
    [[nodiscard]] bool would_wait();

    /// The next line, waiting for it; nothing at the end of the input. A last line needs no line end.
    /// ErrorKind::outside: the input cannot be read.
    [[nodiscard]] Result<bool> next(Line& line);

  private:
    [[nodiscard]] bool take_line(Line& line);
    [[nodiscard]] Result<void> fill();

    int descriptor_;
    std::size_t longest_;
    std::string buffer_;
    std::size_t begin_ = 0;     ///< Of what is not handed out yet.
    std::size_t searched_ = 0;  ///< No line end before this.
    bool skipping_ = false;     ///< Inside a line that is too long.
    bool ended_ = false;
};

}  // namespace certledger::exec
