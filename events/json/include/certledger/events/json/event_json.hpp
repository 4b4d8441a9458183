// Role: events of any type to and from JSON, by their type.
#pragma once

#include <certledger/events/events.hpp>
#include <certledger/events/json/json.hpp>
#include <tl/expected.hpp>

namespace certledger::events::json {

/// The event's fields as an object (the `data` of a recorded event). `schema` is the version whose fields are
/// wanted, from 1 to that of the event's type.
[[nodiscard]] OrderedJson event_to_json(const Event& event, unsigned schema);

/// An event out of the object above. The same strictness as reader.hpp; the schema version must be one of the
/// type's (contract).
[[nodiscard]] tl::expected<Event, FieldError> event_from_json(EventType type, unsigned schema,
                                                              const Json& data);

/// JSON Schema of the type's newest version.
[[nodiscard]] OrderedJson event_json_schema(EventType type);

}  // namespace certledger::events::json
