// Role: where the files of this process are mapped, for the handler of faults (fault_guard.cpp), which can
// take no lock and allocate nothing.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <filesystem>
#include <string>

namespace certledger::store::lmdb {

struct MappedRange {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;  ///< 0 when it is not known.
    [[nodiscard]] bool known() const { return end != 0; }
    [[nodiscard]] bool contains(const void* address) const {
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        return at >= begin && at < end;
    }
};

/// A place in the registry; given back at its end. When all are taken, the range goes unguarded.
class RegisteredMap {
  public:
    explicit RegisteredMap(const std::filesystem::path& file);
    RegisteredMap(const RegisteredMap&) = delete;
    RegisteredMap& operator=(const RegisteredMap&) = delete;
    ~RegisteredMap();
    void set(MappedRange range);

  private:
    int slot_ = -1;
};

/// While it lives, this thread is inside LMDB: a fault at any address is then taken for damage of the file,
/// because LMDB follows a damaged page also to addresses that no map explains.
class LmdbCall {
  public:
    explicit LmdbCall(const std::string& file) : before_(present_) { present_ = file.c_str(); }
    LmdbCall(const LmdbCall&) = delete;
    LmdbCall& operator=(const LmdbCall&) = delete;
    ~LmdbCall() { present_ = before_; }

    /// The file of the call that this thread is in; null outside.
    [[nodiscard]] static const char* file() { return present_; }

  private:
    static thread_local const char* present_;
    const char* before_;
};

/// Where this process has mapped the file, read from /proc/self/maps: LMDB does not tell. Unknown when there
/// is no /proc.
[[nodiscard]] MappedRange find_mapping(dev_t device, ino_t inode);

/// Ends the process because a ledger's file is damaged: one line on stderr, exit code 4. Async-signal-safe.
[[noreturn]] void end_damaged(const char* file, const char* what);

}  // namespace certledger::store::lmdb
