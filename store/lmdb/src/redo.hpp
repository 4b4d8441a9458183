// Role: what the value `redo` of the log's file holds: what it takes to find its newest commits without
// LMDB's meta page, one in each half by turns, so that a commit need not wait until that page is on the disk
// (docs/adr/0013). A half:
//
//   u32 CRC-32C of what follows up to the end, u32 size of the end, u64 number of the commit, u64 first
//   position, the boot (16 octets, zeros: not known), u32 size of the value, u64 place of the value in the
//   file (0: in the half, behind the end), the log's end (log_file.hpp), the value (commit_value.hpp)
//
// A power cut may leave a half torn, or the value. What the checksum does not cover is checked by the tree's
// edge in the end.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/uuid.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/store/lmdb/transaction.hpp>

namespace certledger::store::lmdb {

/// Octets of a half: a commit that has no pages of its own (WriteTransaction::place_of) fits.
inline constexpr std::size_t kRedoHalf = std::size_t{8} << 10U;

struct Redo {
    std::uint64_t commit = 0;  ///< Its number among LMDB's transactions.
    Position first = 0;
    events::Uuid boot;        ///< In which it was written; zeros: not known.
    std::uint64_t place = 0;  ///< Of the value in the file; 0: it stands in the half.
    std::uint64_t size = 0;   ///< Of the value.
    Octets end;
    Octets value;  ///< As read from a half: empty when it stands elsewhere in the file.
};

/// Where the half begins that the commit of that number is kept in: not the one of the commit before.
[[nodiscard]] constexpr std::size_t redo_half(std::uint64_t commit) { return commit % 2 * kRedoHalf; }

/// What a half is to hold. Nothing: it does not fit.
[[nodiscard]] std::optional<events::Bytes> encode_redo(const Redo& redo);

/// What the half that begins there holds, as far as its checksum covers it.
[[nodiscard]] std::optional<Redo> read_redo(Octets redo, std::size_t half);

}  // namespace certledger::store::lmdb
