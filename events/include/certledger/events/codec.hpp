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

/// The same into an event that was read before: its memory is used again where it is of the same type. After
/// an error it is some event of that type.
[[nodiscard]] Result<void> decode_event(EventType type, unsigned schema,
                                        std::span<const std::uint8_t> payload, Event& into);

/// The fields of a type in order, one a line as `name: type`, nested fields indented: the schema's
/// fingerprint in readable form. A golden file keeps it.
[[nodiscard]] std::string schema_text(EventType type);

}  // namespace certledger::events
