// What the report says of the machine.
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <certledger/tools/bench/report.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

namespace certledger::bench {
namespace {

std::string value_in(const char* file, const std::string& key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key)) continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        const auto begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string::npos ? std::string() : line.substr(begin);
    }
    return {};
}

/// Type and device of the mount that the folder lies on: the longest mount point that begins its path.
std::string file_system_of(const std::string& folder) {
    std::error_code ignored;
    const std::string path = std::filesystem::canonical(folder, ignored).string() + "/";
    std::ifstream in("/proc/mounts");
    std::string device;
    std::string point;
    std::string type;
    std::string rest;
    std::string best = "unknown";
    std::size_t longest = 0;
    while (in >> device >> point >> type && std::getline(in, rest)) {
        const std::string prefix = point.back() == '/' ? point : point + "/";
        if (path.starts_with(prefix) && prefix.size() >= longest) {
            longest = prefix.size();
            best = type + " on " + device;
        }
    }
    return best;
}

}  // namespace

Machine this_machine(const std::string& folder) {
    Machine machine;
    machine.cpu = value_in("/proc/cpuinfo", "model name");
    if (machine.cpu.empty()) machine.cpu = "unknown";
    machine.cores = std::thread::hardware_concurrency();
    struct sysinfo memory = {};
    if (::sysinfo(&memory) == 0) machine.memory_octets = std::uint64_t{memory.totalram} * memory.mem_unit;
    struct utsname system = {};
    if (::uname(&system) == 0) machine.kernel = std::string(system.sysname) + " " + system.release;
    machine.file_system = file_system_of(folder);
#if defined(__clang__)
    machine.compiler = std::string("clang ") + __clang_version__;
#else
    machine.compiler = std::string("g++ ") + __VERSION__;
#endif
    return machine;
}

}  // namespace certledger::bench
