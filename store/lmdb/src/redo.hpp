// Role: what the value `redo` of the log's file holds: its newest small commits once more, one in each half
// by turns, so that a commit need not wait until LMDB's meta page is on the disk (docs/adr/0013). A half:
//
//   u32 CRC-32C of what follows up to the value, u32 size of the end, u64 number of the commit, u64 first
//   position, the boot (16 octets, zeros: not known), u32 size of the value, the log's end (log_file.hpp),
//   the value (commit_value.hpp)
//
// A power cut may leave a half torn. What its checksum does not cover is checked by the tree's edge in the
// end.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/uuid.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/store/lmdb/transaction.hpp>

namespace certledger::store::lmdb {

/// Octets of a half: a commit of some 400 records fits. A larger one would gain nothing: what it waits for is
/// its own octets.
inline constexpr std::size_t kRedoHalf = std::size_t{128} << 10U;

struct Redo {
    std::uint64_t commit = 0;  ///< Its number among LMDB's transactions.
    Position first = 0;
    events::Uuid boot;  ///< In which it was written; zeros: not known.
    Octets end;
    Octets value;
};

/// The half that the commit of that number is kept in: not the one of the commit before.
[[nodiscard]] Octets redo_half(Octets redo, std::uint64_t commit);

/// What stands before end and value. Nothing: they do not fit.
[[nodiscard]] std::optional<events::Bytes> redo_head(const Redo& redo);

/// What the half holds, as far as its checksum covers it.
[[nodiscard]] std::optional<Redo> read_redo(Octets half);

}  // namespace certledger::store::lmdb
