// Role: files that are written for the user: whole or not at all, and private when a key is inside.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/result.hpp>
#include <span>
#include <string>

namespace certledger::cli {

struct FileRules {
    bool secret = false;   ///< Mode 0600 instead of 0644.
    bool replace = false;  ///< --force: an existing file is replaced.
};

/// Writes through a temporary name beside it and renames. invalid_input: there is a file already; outside: it
/// cannot be written.
[[nodiscard]] Result<void> write_file(const std::string& path, std::span<const std::uint8_t> octets,
                                      const FileRules& rules);

/// The octets of a file of at most `max_size`; `-` is standard input.
[[nodiscard]] Result<adapters::SecretBytes> read_secret_file(const std::string& path, std::size_t max_size);

/// The first line of a file, without its line end. invalid_input: it cannot be read, or is empty.
[[nodiscard]] Result<adapters::SecretBytes> read_password_file(const std::string& path);

}  // namespace certledger::cli
