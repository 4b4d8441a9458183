// Role: runs a function in a child process, for what ends processes: faults, kills, limits.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <exception>
#include <functional>
#include <ostream>
#include <stdexcept>

namespace certledger::store::testing {

/// How a process ended.
struct Ended {
    int exit_code = -1;  ///< -1 when a signal ended it.
    int signal = 0;
    friend bool operator==(const Ended&, const Ended&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Ended& ended) {
        return out << "exit code " << ended.exit_code << ", signal " << ended.signal;
    }
};

inline constexpr int kThrew = 99;

/// A child process that runs `work` and exits with what it returns, kThrew when it throws. The parent must
/// have no thread but its own and no environment open.
class Child {
  public:
    explicit Child(const std::function<int()>& work) : process_(::fork()) {
        if (process_ < 0) throw std::runtime_error("cannot fork");
        if (process_ != 0) return;
        // A handler of the test's main would take a fault for its own.
        for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM})
            std::signal(signal, SIG_DFL);
        int code = kThrew;
        try {
            code = work();
        } catch (const std::exception& error) {
            static_cast<void>(error);
        }
        ::_exit(code);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (!waited_) {
            kill();
            wait();
        }
    }

    void kill() const { ::kill(process_, SIGKILL); }
    Ended wait() {
        int status = 0;
        if (::waitpid(process_, &status, 0) != process_) throw std::runtime_error("cannot wait");
        waited_ = true;
        Ended ended;
        if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
        if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
        return ended;
    }

  private:
    pid_t process_;
    bool waited_ = false;
};

inline Ended run_in_child(const std::function<int()>& work) { return Child(work).wait(); }

}  // namespace certledger::store::testing
