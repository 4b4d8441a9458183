// Role: gathers answer lines and writes them to a file descriptor.
#pragma once

#include <certledger/events/result.hpp>
#include <string>

namespace certledger::exec {

class Output {
  public:
    explicit Output(int descriptor) : descriptor_(descriptor) {}

    /// Where the next line is appended, its end included.
    [[nodiscard]] std::string& text() noexcept { return text_; }
    [[nodiscard]] bool large() const noexcept;

    /// Writes everything gathered. ErrorKind::outside: it cannot be written.
    [[nodiscard]] Result<void> write();

  private:
    int descriptor_;
    std::string text_;
};

}  // namespace certledger::exec
