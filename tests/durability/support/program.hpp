// Role: a running program under test, spoken to through its pipes, with or without the probe.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace certledger::durability {

/// The built program, from CERTLEDGER_BIN_DIR.
[[nodiscard]] std::string program_path();

struct ProbeOptions {
    std::string folder;  ///< Empty: without the probe.
    std::string trace;
    std::string fault;
    std::uint64_t file_size_max = 0;  ///< Octets that a file may have (RLIMIT_FSIZE), 0: any number.
};

/// Lifetime: kills the program when it still runs. Threads: one at a time.
class Program {
  public:
    explicit Program(const std::vector<std::string>& arguments, const ProbeOptions& probe = {});
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program();

    /// False when it does not listen any more.
    bool say(const std::string& text) const;
    void end_input();
    /// The next line of its output without the line end; nothing at the end. A last line without line end
    /// does not count: it was not said to its end.
    std::optional<std::string> hear();
    void kill(int signal) const;
    /// To be waited on for more to hear.
    [[nodiscard]] int output() const { return output_; }
    /// Reads what is there, waiting for something; false at the end.
    bool read_more();
    /// A whole line of what was read; nothing when there is none yet.
    std::optional<std::string> heard_line();
    /// The exit code, or minus the signal. Closes the input and reads what was still being said.
    int wait();
    /// What it wrote to stderr, after wait().
    [[nodiscard]] const std::string& complaints() const { return complaints_; }

  private:
    pid_t process_ = -1;
    int input_ = -1;
    int output_ = -1;
    int errors_ = -1;
    bool waited_ = false;
    int ended_ = 0;
    std::string heard_;
    std::string complaints_;
};

}  // namespace certledger::durability
