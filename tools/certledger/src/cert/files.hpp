// Role: files that are written for the user: whole or not at all, and private when a key is inside.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/result.hpp>
#include <span>
#include <string>
#include <vector>

namespace certledger::cli {

/// The octets are somebody else's.
struct NewFile {
    std::string path;
    std::span<const std::uint8_t> octets;
    bool secret = false;  ///< Mode 0600 instead of 0644.
};

/// Writes all through temporary names beside them, and renames when all are written. `replace` (--force):
/// files that are there are replaced. invalid_input: there is one already, or something else than a file;
/// outside: one cannot be written. No file is there or changed then, but for a rename that fails after
/// another.
[[nodiscard]] Result<void> write_files(const std::vector<NewFile>& files, bool replace);

/// The octets of a file of at most `max_size`; `-` is standard input.
[[nodiscard]] Result<adapters::SecretBytes> read_secret_file(const std::string& path, std::size_t max_size);

/// The first line of a file, without its line end. invalid_input: it cannot be read, or is empty.
[[nodiscard]] Result<adapters::SecretBytes> read_password_file(const std::string& path);

}  // namespace certledger::cli
