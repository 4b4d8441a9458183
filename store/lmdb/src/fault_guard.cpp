#include <certledger/store/lmdb/fault_guard.hpp>

#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "map_registry.hpp"

namespace certledger::store::lmdb {
namespace {

struct Slot {
    std::atomic<bool> taken{false};
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::array<char, 256> file{};
};

std::array<Slot, 64>& slots() {
    static std::array<Slot, 64> all;
    return all;
}

/// Sizes in a page are 32 bits wide: so far behind the map can a damaged one lead.
constexpr std::uintptr_t kReach = std::uintptr_t{1} << 32U;

const Slot* slot_of(std::uintptr_t address) {
    for (const Slot& slot : slots()) {
        const std::uintptr_t end = slot.end.load(std::memory_order_acquire);
        if (end == 0 || address < slot.begin.load(std::memory_order_relaxed)) continue;
        if (address < end || address - end < kReach) return &slot;
    }
    return nullptr;
}

/// Of each, what it was handled by before. An abort or a division by zero tells no address of the map.
constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
std::array<struct sigaction, kSignals.size()> earlier_actions;

void on_fault(int signal, siginfo_t* info, void* context) {
    if (const char* file = LmdbCall::file()) end_damaged(file, "a page leads outside of it");
    if (signal == SIGSEGV || signal == SIGBUS) {
        if (const Slot* slot = slot_of(reinterpret_cast<std::uintptr_t>(info->si_addr)))
            end_damaged(slot->file.data(), "a page leads outside of it");
    }
    const auto index = std::find(kSignals.begin(), kSignals.end(), signal) - kSignals.begin();
    const struct sigaction& earlier = earlier_actions[static_cast<std::size_t>(index)];
    if ((earlier.sa_flags & SA_SIGINFO) != 0 && earlier.sa_sigaction != nullptr) {
        earlier.sa_sigaction(signal, info, context);
        return;
    }
    if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
        earlier.sa_handler(signal);
        return;
    }
    // The faulting instruction runs again, or abort() goes on, and ends the process the usual way.
    std::signal(signal, SIG_DFL);
}

void write_all(const char* text) {
    const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
    static_cast<void>(written);
}

}  // namespace

thread_local const char* LmdbCall::present_ = nullptr;

void end_damaged(const char* file, const char* what) {
    write_all("certledger: the ledger is damaged: ");
    write_all(file);
    write_all(": ");
    write_all(what);
    write_all("\n");
    ::_exit(4);
}

RegisteredMap::RegisteredMap(const std::filesystem::path& file) {
    auto& all = slots();
    for (std::size_t i = 0; i < all.size(); ++i) {
        bool free = false;
        if (!all[i].taken.compare_exchange_strong(free, true)) continue;
        const std::string name = file.string().substr(0, all[i].file.size() - 1);
        std::memcpy(all[i].file.data(), name.c_str(), name.size() + 1);
        slot_ = static_cast<int>(i);
        return;
    }
}

RegisteredMap::~RegisteredMap() {
    if (slot_ < 0) return;
    set({});
    slots()[static_cast<std::size_t>(slot_)].taken.store(false);
}

void RegisteredMap::set(MappedRange range) {
    if (slot_ < 0) return;
    Slot& slot = slots()[static_cast<std::size_t>(slot_)];
    slot.end.store(0, std::memory_order_release);
    slot.begin.store(range.begin, std::memory_order_release);
    slot.end.store(range.end, std::memory_order_release);
}

MappedRange find_mapping(dev_t device, ino_t inode) {
    std::FILE* maps = std::fopen("/proc/self/maps", "re");
    if (maps == nullptr) return {};
    MappedRange range;
    std::array<char, 512> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), maps) != nullptr) {
        unsigned long begin = 0;
        unsigned long end = 0;
        unsigned long offset = 0;
        unsigned major = 0;
        unsigned minor = 0;
        unsigned long number = 0;
        if (std::sscanf(line.data(), "%lx-%lx %*4s %lx %x:%x %lu", &begin, &end, &offset, &major, &minor,
                        &number) != 6)
            continue;
        if (number != inode || makedev(major, minor) != device) continue;
        // A mapping may be shown in several lines, one behind the other; there may be others of the file.
        if (range.known() && begin == range.end && offset == begin - range.begin) {
            range.end = end;
        } else if (!range.known() && offset == 0) {
            range = {begin, end};
        }
    }
    std::fclose(maps);
    return range;
}

void install_fault_guard() {
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    struct sigaction present = {};
    ::sigaction(SIGSEGV, nullptr, &present);
    // Twice would make the guard its own predecessor.
    if ((present.sa_flags & SA_SIGINFO) != 0 && present.sa_sigaction == on_fault) return;
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &earlier_actions[i]);
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace certledger::store::lmdb
