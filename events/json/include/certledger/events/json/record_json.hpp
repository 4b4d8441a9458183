// Role: records of the log to and from JSON Lines (`log export`, `log import`, `log show --json`).
//
// A record's object has, in this order: position, stream, version, id, type, schema, occurred_at, recorded_at
// (always with microseconds), actor, account, command, correlation, causation, previous, command_digest,
// data, leaf_hash. command, correlation, causation and previous are null when there is none; command_digest
// and leaf_hash are absent then. Together they determine the record's octets, which record_from_json makes
// anew.
#pragma once

#include <certledger/events/envelope.hpp>
#include <certledger/events/json/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::events::json {

/// The longest line that record_from_json takes: control characters grow sixfold in JSON.
inline constexpr std::size_t kMaxRecordLine = 8 * kMaxRecordSize;

/// The record as an object; `leaf_hash` as its last member when given. ErrorKind::damaged when the payload is
/// no canonical encoding or a text is not UTF-8.
[[nodiscard]] Result<OrderedJson> record_to_object(const RecordView& record,
                                                   const std::optional<Digest>& leaf_hash);

/// The same as one line of text, without a line end.
[[nodiscard]] Result<std::string> record_to_json(const RecordView& record,
                                                 const std::optional<Digest>& leaf_hash);

struct ReadRecord {
    Bytes bytes;                      ///< Passes read_record().
    std::optional<Digest> leaf_hash;  ///< As the line gives it: the caller compares it with the octets' hash.
};

/// The record that a line describes. ErrorKind::invalid_input names the member and the rule: members that are
/// unknown, missing or of another type, a schema version that the type does not have, a null that would have
/// been written otherwise, or a record that is too long.
[[nodiscard]] Result<ReadRecord> record_from_json(std::string_view line);

}  // namespace certledger::events::json
