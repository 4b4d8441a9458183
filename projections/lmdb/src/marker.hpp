// Role: tells whether unsynced data on the disk can be whole: a file that names the boot in which they were
// written, or says that they were closed and on the disk.
#pragma once

#include <certledger/events/result.hpp>
#include <filesystem>
#include <string>

namespace certledger::projections::lmdb {

/// Holds a shared lock on its file as long as it lives. Threads: one at a time.
class Marker {
  public:
    /// Opens or makes the file (mode 0600) and takes the lock. outside: that is not possible.
    [[nodiscard]] static Result<Marker> open(const std::filesystem::path& file);
    Marker(Marker&& other) noexcept;
    Marker& operator=(Marker&&) = delete;
    ~Marker();

    /// Whether the data may be torn: written in another boot and not closed.
    [[nodiscard]] bool suspect() const;
    /// Whether it says so: nothing was written since the data were put on the disk.
    [[nodiscard]] bool clean() const;
    /// Whether nobody else holds the lock; then it is held alone until share().
    [[nodiscard]] bool hold_alone();
    void share();
    /// From now on the data count as torn after the end of this boot. On the disk when it returns.
    [[nodiscard]] Result<void> set_dirty();
    /// The data are whole and on the disk. Only while held alone.
    [[nodiscard]] Result<void> set_clean();

  private:
    explicit Marker(int file);
    [[nodiscard]] std::string read() const;
    [[nodiscard]] Result<void> write(const std::string& text);
    int file_;
    bool dirty_ = false;
};

}  // namespace certledger::projections::lmdb
