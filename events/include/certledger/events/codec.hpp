// Role: events to and from their canonical payload, by type code and schema version.
#pragma once

#include <certledger/events/events.hpp>
#include <certledger/events/result.hpp>
#include <span>
#include <string>

namespace certledger::events {

/// Appends the canonical payload of the event to `out`.
void encode_event(const Event& event, Bytes& out);

/// Reads a payload. ErrorKind::damaged when the schema version is 0 or newer than this program's, or the
/// octets are not a canonical encoding.
[[nodiscard]] Result<Event> decode_event(EventType type, unsigned schema,
                                         std::span<const std::uint8_t> payload);

/// The fields of a type in order, one a line as `name: type`, nested fields indented: the schema's
/// fingerprint in readable form. A golden file keeps it.
[[nodiscard]] std::string schema_text(EventType type);

}  // namespace certledger::events
