// Role: the members of a backup and their octets.
#pragma once

#include <certledger/tools/evidence/backup.hpp>
#include <span>

namespace certledger::evidence {

inline constexpr const char* kManifestName = "certledger-backup.json";
inline constexpr const char* kBookName = "checkpoints";
inline constexpr const char* kEntriesName = "vault/entries";
inline constexpr const char* kKeyFileName = "vault/master.key";
inline constexpr std::string_view kRecordsFolder = "log/";

inline constexpr std::size_t kLargestPart = std::size_t{8} << 20U;    ///< A member of records.
inline constexpr std::size_t kLargestMember = std::size_t{1} << 30U;  ///< Any other.

[[nodiscard]] std::string records_name(store::Position first);

[[nodiscard]] std::string format_manifest(const BackupFacts& facts);
/// damaged: anything but what format_manifest() writes, or a newer format.
[[nodiscard]] Result<BackupFacts> parse_manifest(const std::string& text);

[[nodiscard]] std::string format_entries(const SealedVault& vault);
[[nodiscard]] Result<void> parse_entries(std::string_view octets, SealedVault& vault);

/// Told of each thing in a backup, in its order; an error ends the reading.
struct BackupVisitor {
    std::function<Result<void>(std::span<const std::uint8_t> record)> record;
    std::function<Result<void>(const std::string& octets)> book;
    std::function<Result<void>(const SealedVault& vault)> vault;
};

/// Reads a backup and checks form, order, positions and root; the visitor may keep what it is told only when
/// this succeeds.
[[nodiscard]] Result<BackupFacts> read_backup(const std::filesystem::path& file, const BackupVisitor& visitor,
                                              const OnCopied& progress);

}  // namespace certledger::evidence
