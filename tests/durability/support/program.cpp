#include "support/program.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "probe/trace_format.hpp"

namespace certledger::durability {
namespace {

std::array<int, 2> new_pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
}

void set_environment(const ProbeOptions& probe) {
    for (const char* name : {"CERTLEDGER", "CERTLEDGER_MASTER_KEY"}) ::unsetenv(name);
    if (probe.folder.empty()) return;
    ::setenv("LD_PRELOAD", CERTLEDGER_PROBE, 1);
    ::setenv(kFolderVariable, probe.folder.c_str(), 1);
    if (!probe.trace.empty()) ::setenv(kTraceVariable, probe.trace.c_str(), 1);
    if (!probe.fault.empty()) ::setenv(kFaultVariable, probe.fault.c_str(), 1);
}

}  // namespace

std::string program_path() {
    const char* const folder = std::getenv("CERTLEDGER_BIN_DIR");
    return std::string(folder != nullptr ? folder : "build/bin") + "/certledger";
}

Program::Program(const std::vector<std::string>& arguments, const ProbeOptions& probe) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::string path = program_path();
    std::vector<char*> words{const_cast<char*>(path.c_str())};
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const auto input = new_pipe();
    const auto output = new_pipe();
    errors_ = ::memfd_create("stderr", MFD_CLOEXEC);
    process_ = ::fork();
    if (process_ < 0 || errors_ < 0) throw std::runtime_error("cannot start a program");
    if (process_ == 0) {
        for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGPIPE})
            std::signal(signal, SIG_DFL);
        set_environment(probe);
        if (probe.file_size_max != 0) {
            const rlimit limit{probe.file_size_max, RLIM_INFINITY};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        }
        ::dup2(input[0], STDIN_FILENO);
        ::dup2(output[1], STDOUT_FILENO);
        ::dup2(errors_, STDERR_FILENO);
        ::execv(path.c_str(), words.data());
        ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    output_ = output[0];
}

Program::~Program() {
    if (!waited_) {
        kill(SIGKILL);
        wait();
    }
    ::close(output_);
    ::close(errors_);
}

bool Program::say(const std::string& text) const {
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t count = ::write(input_, text.data() + at, text.size() - at);
        if (count < 0) return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

void Program::end_input() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
}

bool Program::read_more() {
    std::array<char, 65'536> block;
    const ssize_t count = ::read(output_, block.data(), block.size());
    if (count <= 0) return false;
    heard_.append(block.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<std::string> Program::heard_line() {
    const std::size_t end = heard_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = heard_.substr(0, end);
    heard_.erase(0, end + 1);
    return line;
}

std::optional<std::string> Program::hear() {
    for (;;) {
        if (auto line = heard_line()) return line;
        if (!read_more()) return std::nullopt;
    }
}

void Program::kill(int signal) const { ::kill(process_, signal); }

int Program::wait() {
    if (waited_) return ended_;
    end_input();
    while (read_more()) continue;
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
    waited_ = true;
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    const off_t size = ::lseek(errors_, 0, SEEK_END);
    complaints_.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (::pread(errors_, complaints_.data(), complaints_.size(), 0) != size) complaints_.clear();
    return ended_;
}

}  // namespace certledger::durability
