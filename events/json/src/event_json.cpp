#include <certledger/events/contract.hpp>
#include <certledger/events/json/archive.hpp>
#include <certledger/events/json/event_json.hpp>

namespace certledger::events::json {

OrderedJson event_to_json(const Event& event, unsigned schema) {
    JsonWriter writer(schema);
    return std::visit([&](const auto& held) { return writer.value_of(held); }, event);
}

tl::expected<Event, FieldError> event_from_json(EventType type, unsigned schema, const Json& data) {
    tl::expected<Event, FieldError> event = make_event(type);
    CERTLEDGER_CHECK(schema >= 1 && schema <= schema_of(*event));
    JsonReader reader(schema);
    std::visit([&](auto& held) { reader.read_object(data, held); }, *event);
    if (!reader.ok()) return tl::make_unexpected(reader.error());
    return event;
}

}  // namespace certledger::events::json
