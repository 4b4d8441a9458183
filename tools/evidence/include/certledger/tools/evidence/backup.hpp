// Role: backup and restore of a ledger: a tar file of the records as they are, so that it is made while
// others write, opened by no database, and judged by the root of its tree.
//
//   certledger-backup.json   format, origin, position, root (base64), made_at, with_vault
//   log/<first position, 20 digits>   records from there, each behind its length (u16, big-endian)
//   checkpoints              the book (book.hpp), when there is one
//   vault/entries            with the vault: its values as they are stored, sealed under the master key:
//                            u32 length, name, u32 length, value (big-endian)
//   vault/master.key         with the vault, when the key is in a file
//
// Views are not in it: they are made anew.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/store/event_store.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace certledger::evidence {

/// A secret store's values, sealed, by name; and the file that opens them.
struct SealedVault {
    std::vector<std::pair<std::string, events::Bytes>> entries;
    std::optional<std::string> key_file;  ///< Contents of the master key's file.
};

struct BackupSource {
    std::filesystem::path ledger;
    const store::EventStore* log = nullptr;
    /// Gives the vault as it is when asked; empty: the backup is made without it.
    std::function<Result<SealedVault>()> vault;
    events::Instant now;
};

/// What a backup holds.
struct BackupFacts {
    std::string origin;
    store::TreeHead tree;
    events::Instant made_at;
    bool with_vault = false;
};

using OnCopied = std::function<void(std::uint64_t done, std::uint64_t whole)>;

/// Writes a backup of the log as it is now; others may write meanwhile. The file, mode 0600, gets its name
/// when it has been read back and every record and the root were found in it. invalid_input: the file exists;
/// outside: it cannot be written; damaged: the log does not read, or what was written does not read back.
/// Without a file then.
[[nodiscard]] Result<BackupFacts> make_backup(const BackupSource& source, const std::filesystem::path& file,
                                              const OnCopied& progress = {});

/// Reads a whole backup and checks it: form, every record, positions, root. damaged: what does not hold.
[[nodiscard]] Result<BackupFacts> check_backup(const std::filesystem::path& file,
                                               const OnCopied& progress = {});

struct RestoreTarget {
    std::filesystem::path ledger;  ///< Nothing may be there.
    /// Makes an empty log in a folder of a ledger to be.
    std::function<Result<std::unique_ptr<store::EventStore>>(const std::filesystem::path& ledger)> make_log;
    /// Puts a vault into a folder of a ledger to be.
    std::function<Result<void>(const std::filesystem::path& ledger, const SealedVault& vault)> put_vault;
    /// A checkpoint that was given out after the backup: the restored ledger is then behind it, until an
    /// operator decides. Its signature is checked when the ledger is used. Empty for none.
    std::string newer_checkpoint;
    events::Instant now;
};

/// Makes a ledger of a backup: same octets, positions and root. It appears at its path whole or not at all.
/// Without the vault in the backup it is a ledger with imported records: a new key, and no signing before it
/// has an origin of its own. invalid_input: something is at the path; not_found: no backup; damaged: the
/// backup does not hold.
[[nodiscard]] Result<BackupFacts> restore_backup(const std::filesystem::path& file,
                                                 const RestoreTarget& target, const OnCopied& progress = {});

}  // namespace certledger::evidence
