// Role: files of one folder, by name, through the folder's descriptor, so that nobody can swap the folder
// underway.
#pragma once

#include <sys/types.h>

#include <certledger/events/result.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace certledger::adapters::deploy {

/// A locked folder: as long as it lives, no other process or object holds the lock.
class Folder {
  public:
    /// Opens the folder; makes it (0700) when asked. outside: missing, not a folder, no permission. conflict:
    /// locked.
    [[nodiscard]] static Result<Folder> lock(const std::string& path, bool create);

    Folder(Folder&& other) noexcept;
    Folder& operator=(Folder&&) = delete;
    ~Folder();

    [[nodiscard]] bool exists(const std::string& name) const;
    /// Writes a new file of the mode, durable; an old one of the name is removed first.
    [[nodiscard]] Result<void> write_new(const std::string& name, std::string_view contents,
                                         mode_t mode) const;
    /// Replaces `to` by `from` in one step.
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) const;
    /// Gives `name` a second name; an old file of that name is replaced in one step.
    [[nodiscard]] Result<void> keep_as(const std::string& name, const std::string& second) const;
    void remove(const std::string& name) const;
    /// Makes renames durable.
    [[nodiscard]] Result<void> sync() const;
    /// The contents of a file, without a lock, or none when there is no such file. outside: cannot be read,
    /// or over the limit.
    [[nodiscard]] static Result<std::optional<std::string>> read_file(const std::string& path,
                                                                      std::size_t limit);

  private:
    Folder(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
    [[nodiscard]] tl::unexpected<Error> failed(const std::string& name, const char* what, int error) const;

    int descriptor_;
    std::string path_;
};

}  // namespace certledger::adapters::deploy
