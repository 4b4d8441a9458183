#include "support/workers.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <certledger/store/lmdb/fault_guard.hpp>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

namespace certledger::durability {
namespace {

/// Far more than any takes: the machine may have much else to do.
constexpr unsigned kSecondsForATrial = 600;

class SharedReports {
  public:
    explicit SharedReports(unsigned count) : size_(sizeof(Report) * count) {
        memory_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory_ == MAP_FAILED) throw std::runtime_error("no shared memory");
        for (unsigned i = 0; i < count; ++i) new (&of(i)) Report{};
    }
    SharedReports(const SharedReports&) = delete;
    SharedReports& operator=(const SharedReports&) = delete;
    ~SharedReports() { ::munmap(memory_, size_); }
    [[nodiscard]] Report& of(unsigned number) { return static_cast<Report*>(memory_)[number]; }

  private:
    std::size_t size_;
    void* memory_ = nullptr;
};

int work_in_child(unsigned number, Report& report, const std::function<void(unsigned, Report&)>& work) {
    // A handler of the test's main would take a fault for its own.
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGALRM})
        std::signal(signal, SIG_DFL);
    store::lmdb::install_fault_guard();
    try {
        work(number, report);
    } catch (const std::exception& fault) {
        report.fail(fault.what());
    }
    ::alarm(0);
    return 0;
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) {
        return WTERMSIG(status) == SIGALRM ? "it hangs"
                                           : "ended by signal " + std::to_string(WTERMSIG(status));
    }
    return WEXITSTATUS(status) == 0 ? std::string()
                                    : "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

void Report::trying(const std::string& what) {
    std::snprintf(trial.data(), trial.size(), "%s", what.c_str());
    ::alarm(kSecondsForATrial);
}

void Report::fail(const std::string& why) {
    if (failed.exchange(true)) return;
    std::snprintf(complaint.data(), complaint.size(), "%.900s: %.1000s", trial.data(), why.c_str());
}

unsigned workers() { return std::max(1U, std::thread::hardware_concurrency()); }

Total run_workers(unsigned count, const std::function<void(unsigned, Report&)>& work) {
    SharedReports reports(count);
    std::vector<pid_t> children;
    for (unsigned i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        if (child < 0) throw std::runtime_error("cannot fork");
        if (child == 0) ::_exit(work_in_child(i, reports.of(i), work));
        children.push_back(child);
    }
    Total total;
    for (unsigned i = 0; i < count; ++i) {
        int status = 0;
        while (::waitpid(children[i], &status, 0) < 0 && errno == EINTR) continue;
        Report& report = reports.of(i);
        if (const std::string ended = how_it_ended(status); !ended.empty()) report.fail(ended);
        for (std::size_t which = 0; which < Report::kCounts; ++which)
            total.counts[which] += report.counts[which];
        if (report.failed && total.complaint.empty()) total.complaint = report.complaint.data();
    }
    return total;
}

}  // namespace certledger::durability
