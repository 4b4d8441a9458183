#include "measure/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <climits>
#include <fstream>

extern char** environ;

namespace certledger::bench {

std::uint64_t own_memory() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1'024;
    }
    return 0;
}

PeakMemory::PeakMemory() : most_(own_memory()) {
    watcher_ = std::thread([this] {
        while (!over_) {
            most_ = std::max(most_.load(), own_memory());
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
}

PeakMemory::~PeakMemory() {
    over_ = true;
    watcher_.join();
}

double PeakMemory::mebibytes() const {
    most_ = std::max(most_.load(), own_memory());
    return static_cast<double>(most_.load()) / (1'024.0 * 1'024.0);
}

std::string own_program() {
    char path[PATH_MAX] = {};
    const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path - 1);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

int run_program(const std::vector<std::string>& arguments) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    if (::posix_spawn_file_actions_init(&actions) != 0) return -1;
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int spawned = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (spawned != 0) return -1;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace certledger::bench
