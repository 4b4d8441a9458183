// Role: the record: a fixed envelope around one event's canonical payload, as the log keeps and hashes it.
//
// Layout (integers little-endian; docs/FORMAT.md):
//
//   offset size  field
//        0    1  format, 1
//        1    1  reserved, 0
//        2    2  type code
//        4    2  schema version of the payload
//        6    2  length of the stream's name
//        8    8  position in the log, from 1
//       16    8  version in the stream, from 1
//       24    8  position of the stream's previous event, 0 for the first
//       32    8  occurred_at, microseconds
//       40    8  recorded_at, microseconds
//       48   16  event id
//       64   16  causation: id of the event that led to this one; zeros for none
//       80   16  digest of the command's content; zeros when no command id stands here
//       96    2  length of the actor          98  2  length of the account
//      100    2  length of the command id    102  2  length of the correlation
//      104    4  length of the payload
//      108       stream, actor, account, command id, correlation, payload
//      end    4  CRC-32C of everything before it
//
// A record is at most kMaxRecordSize octets, because an entry bundle of a tiled log counts in 16 bits.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/event_types.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <certledger/events/uuid.hpp>
#include <cstdint>
#include <span>
#include <string_view>

namespace certledger::events {

inline constexpr std::size_t kMaxRecordSize = 65'535;
inline constexpr std::size_t kEnvelopeSize = 108;
inline constexpr std::size_t kChecksumSize = 4;
inline constexpr std::uint8_t kRecordFormat = 1;

/// First half of SHA-256 over a command's content (adapters make it).
using CommandDigest = std::array<std::uint8_t, 16>;

/// A record's fields. The views point into memory that somebody else keeps: for a record that was read, the
/// bytes it was read from.
struct RecordView {
    EventType type = EventType::ledger_created;
    std::uint16_t schema = 1;
    std::uint64_t position = 0;
    std::uint64_t version = 0;
    std::uint64_t previous = 0;  ///< Position of the stream's previous event; 0 for its first.
    Instant occurred_at;
    Instant recorded_at;
    Uuid id;
    Uuid causation;
    CommandDigest command_digest{};
    std::string_view stream;
    std::string_view actor;
    std::string_view account;
    std::string_view command;      ///< Id of the command; empty when there was none.
    std::string_view correlation;  ///< Empty when there was none.
    std::span<const std::uint8_t> payload;
};

/// Octets that the record takes.
[[nodiscard]] std::size_t record_size(const RecordView& record) noexcept;

/// Appends the record's octets to `out`. Each text must be shorter than 65,536 octets and the whole at most
/// kMaxRecordSize (contract).
void encode_record(const RecordView& record, Bytes& out);
/// The same into `to`, which has exactly record_size() octets (contract).
void encode_record(const RecordView& record, std::span<std::uint8_t> to);

/// Reads a record and checks it before anything of the payload is looked at: format, reserved octet, type
/// code, lengths, checksum, UTF-8 of the texts, instants in range. ErrorKind::damaged names the rule that
/// does not hold.
[[nodiscard]] Result<RecordView> read_record(std::span<const std::uint8_t> bytes);

/// Reads the fields without the checksum and without looking at texts, for octets that were checked before.
/// Lengths are still compared with what is there.
[[nodiscard]] Result<RecordView> read_record_unchecked(std::span<const std::uint8_t> bytes);

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4).
[[nodiscard]] std::uint32_t crc32c(std::span<const std::uint8_t> bytes) noexcept;

}  // namespace certledger::events
