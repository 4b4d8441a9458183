// Role: small files that must be whole or not there: the newest checkpoint, a witness's memory and keys.
#pragma once

#include <certledger/events/result.hpp>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace certledger::evidence {

/// A file descriptor that closes itself.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Descriptor() { close(); }

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] bool open() const noexcept { return number_ >= 0; }
    void close() noexcept;

  private:
    int number_ = -1;
};

/// "file /x/y: <what errno says>", as ErrorKind::outside.
[[nodiscard]] tl::unexpected<Error> file_error(const std::filesystem::path& path, int reason);

/// The file's octets; nothing when there is no such file. outside: it cannot be read. damaged: it is longer
/// than `largest`.
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::filesystem::path& path,
                                                           std::size_t largest);

/// Writes all octets at the descriptor's place.
[[nodiscard]] Result<void> write_all(const Descriptor& file, std::string_view octets,
                                     const std::filesystem::path& path);

/// Makes everything written to the file durable.
[[nodiscard]] Result<void> sync_file(const Descriptor& file, const std::filesystem::path& path);

/// Makes names made in, renamed into or removed from the folder durable.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

/// Replaces the file through a name beside it, mode 0600, durable on return: whoever looks sees the old
/// octets or the new ones. The caller keeps others from doing the same at the same time.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& path, std::string_view octets);

/// Makes a file that is not there yet, mode 0600, durable on return. invalid_input: it exists.
[[nodiscard]] Result<void> make_file(const std::filesystem::path& path, std::string_view octets);

/// Makes the folder, mode 0700, and those above it, where they are missing.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);

/// Opens (makes, mode 0600) the file for appending and holds its exclusive lock, against threads and
/// processes, until the descriptor closes.
[[nodiscard]] Result<Descriptor> open_locked(const std::filesystem::path& path);

}  // namespace certledger::evidence
