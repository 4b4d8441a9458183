// Role: what the system says of this process and of children.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace certledger::bench {

/// Octets that belong to this process alone, mapped files aside.
[[nodiscard]] std::uint64_t own_memory();

/// Watches own_memory() while it lives, some times a second.
class PeakMemory {
  public:
    PeakMemory();
    PeakMemory(const PeakMemory&) = delete;
    PeakMemory& operator=(const PeakMemory&) = delete;
    ~PeakMemory();
    /// The most that was seen so far.
    [[nodiscard]] double mebibytes() const;

  private:
    mutable std::atomic<std::uint64_t> most_;
    std::atomic<bool> over_ = false;
    std::thread watcher_;
};

/// The file of this program.
[[nodiscard]] std::string own_program();

/// Runs a program to its end with its output thrown away; gives its exit code, -1 when it cannot run. The
/// first argument is the program: a path, or a name that PATH is searched for.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments);

}  // namespace certledger::bench
