// Role: tar files through libarchive, which stays behind tar.cpp.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::evidence {

/// Writes a new file, mode 0600. Errors: outside; the file is removed when finish() was not reached.
class TarWriter {
  public:
    /// invalid_input: the file exists.
    [[nodiscard]] static Result<TarWriter> create(const std::filesystem::path& path);
    TarWriter(TarWriter&&) noexcept;
    TarWriter& operator=(TarWriter&&) noexcept;
    ~TarWriter();

    [[nodiscard]] Result<void> add(const std::string& name, std::string_view octets);
    /// Ends the archive; durable on return.
    [[nodiscard]] Result<void> finish();

  private:
    struct Impl;
    explicit TarWriter(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

struct TarMember {
    std::string name;
    std::string octets;
};

/// Reads members in order. Only tar, no compression, is known.
class TarReader {
  public:
    /// not_found: no such file.
    [[nodiscard]] static Result<TarReader> open(const std::filesystem::path& path);
    TarReader(TarReader&&) noexcept;
    TarReader& operator=(TarReader&&) noexcept;
    ~TarReader();

    /// The next member; nothing at the end. damaged: no tar, cut off, or a member that is no plain file or
    /// has more than `largest` octets.
    [[nodiscard]] Result<std::optional<TarMember>> next(std::size_t largest);

  private:
    struct Impl;
    explicit TarReader(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::evidence
