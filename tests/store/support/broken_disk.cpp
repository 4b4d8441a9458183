#include "broken_disk.hpp"

#include <sys/uio.h>

#include <dlfcn.h>
#include <unistd.h>
#include <algorithm>

namespace certledger::store::testing {

BrokenDisk& broken_disk() {
    static BrokenDisk disk;
    return disk;
}

namespace {

struct Written {
    std::size_t at = 0;
    std::vector<std::uint8_t> octets;
};
std::vector<Written> watched;
std::size_t syncs_to_watch = 0;

void watch(const void* octets, std::size_t size, off_t at) {
    if (syncs_to_watch == 0) return;
    const auto* const from = static_cast<const std::uint8_t*>(octets);
    watched.push_back({static_cast<std::size_t>(at), {from, from + size}});
}

bool is_now(BrokenDisk::Calls& calls) { return calls != 0 && --calls == 0; }

bool fails(BrokenDisk::Calls& calls) {
    if (!is_now(calls)) return false;
    errno = broken_disk().error;
    return true;
}

template <class Call>
Call* of_the_library(const char* name) {
    return reinterpret_cast<Call*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

WatchedWrites::WatchedWrites(std::size_t syncs) {
    watched.clear();
    syncs_to_watch = syncs;
}
WatchedWrites::~WatchedWrites() { syncs_to_watch = 0; }

std::vector<std::uint8_t> WatchedWrites::on(std::vector<std::uint8_t> file) const {
    for (const auto& [at, octets] : watched) {
        file.resize(std::max(file.size(), at + octets.size()));
        std::copy(octets.begin(), octets.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return file;
}

}  // namespace certledger::store::testing

using namespace certledger::store::testing;

extern "C" ssize_t pwrite(int file, const void* octets, std::size_t size, off_t at) {
    static auto* const real = of_the_library<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
    if (fails(broken_disk().fail_write)) return -1;
    watch(octets, size, at);
    const ssize_t done = real(file, octets, size, at);
    if (is_now(broken_disk().end_behind_write)) ::_exit(kBrokenOff);
    return done;
}

extern "C" ssize_t writev(int file, const iovec* parts, int count) {
    static auto* const real = of_the_library<ssize_t(int, const iovec*, int)>("writev");
    if (fails(broken_disk().fail_write) || fails(broken_disk().fail_several)) return -1;
    return real(file, parts, count);
}

extern "C" int fdatasync(int file) {
    static auto* const real = of_the_library<int(int)>("fdatasync");
    if (is_now(broken_disk().end_before_sync)) ::_exit(kBrokenOff);
    if (fails(broken_disk().fail_sync)) return -1;
    if (syncs_to_watch > 0) --syncs_to_watch;
    return real(file);
}
