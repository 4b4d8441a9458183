// Role: files made for everybody to read: whole or not there, but with the modes of the user's mask and
// without waiting for the disk, since they can be made again.
#pragma once

#include <certledger/events/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::evidence {

/// Ends the name beside it that a file has until it is whole.
inline constexpr std::string_view unfinished_end = ".new";

/// As read_file().
[[nodiscard]] Result<std::optional<std::string>> read_public_file(const std::filesystem::path& path,
                                                                  std::size_t largest);

/// Writes the file through a name beside it; makes the folders above it.
[[nodiscard]] Result<void> write_public_file(const std::filesystem::path& path, std::string_view octets);

}  // namespace certledger::evidence
