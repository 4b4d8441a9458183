// Role: files beside and before the data file: made so that a power cut leaves them whole or not at all.
#pragma once

#include <certledger/store/lmdb/environment.hpp>

namespace certledger::store::lmdb {

/// Waits until the names in a folder are on the disk. A folder that this user cannot read, or whose file
/// system knows no such thing, is left as it is. outside: the disk failed.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

/// Makes what is missing of the data file and the folders above it. LMDB writes its first two pages without
/// waiting for them; a file that got its name before them would, after a power cut, be one that is no
/// database. So they are written under another name first, and the file's name, like those of new folders, is
/// on the disk before anything is committed to it. outside: that cannot be done.
[[nodiscard]] Result<void> make_data_file(const EnvironmentOptions& options);

/// LMDB writes its lock file through a map, and the kernel answers a page for which the disk has no room with
/// SIGBUS: so the room is taken before. outside: there is none.
[[nodiscard]] Result<void> reserve_lock_file(const EnvironmentOptions& options);

/// A commit whose meta page could not be written: LMDB puts the page's number back, but not its trees, which
/// then looks like a flipped bit in the number. So the transaction is remembered beside the data file, in
/// `<file>-unknown`, as well as the disk allows.
void remember_failed_commit(const std::filesystem::path& file, std::uint64_t transaction) noexcept;
/// The transaction remembered last; 0 when there is none.
[[nodiscard]] std::uint64_t failed_commit(const std::filesystem::path& file);

}  // namespace certledger::store::lmdb
