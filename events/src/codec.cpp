#include <certledger/events/canonical.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/events/schema.hpp>

namespace certledger::events {
namespace {

using Maker = Event (*)();

template <std::size_t... I>
Event make_by_type(EventType type, std::index_sequence<I...>) {
    constexpr std::array<EventType, sizeof...(I)> types{
        std::variant_alternative_t<I, EventVariant>::kType...};
    constexpr std::array<Maker, sizeof...(I)> makers{
        [] { return Event(std::variant_alternative_t<I, EventVariant>{}); }...};
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (types[i] == type) return makers[i]();
    }
    CERTLEDGER_CHECK(false && "every event type has a struct");
    return Event{};
}

}  // namespace

Event make_event(EventType type) {
    return make_by_type(type, std::make_index_sequence<std::variant_size_v<EventVariant>>{});
}

void encode_event(const Event& event, Bytes& out) {
    CanonicalWriter writer(out);
    std::visit([&](const auto& held) { writer.write(held); }, event);
}

Result<Event> decode_event(EventType type, unsigned schema, std::span<const std::uint8_t> payload) {
    Event event = make_event(type);
    const std::string name(to_name(type));
    const unsigned newest = schema_of(event);
    if (schema == 0 || schema > newest) {
        return fail(ErrorKind::damaged, name + ": schema version " + std::to_string(schema) +
                                            " is not one of 1 to " + std::to_string(newest));
    }
    CanonicalReader reader(payload, schema);
    std::visit([&](auto& held) { reader.read(held); }, event);
    if (!reader.ok()) return fail(ErrorKind::damaged, name + ": " + reader.fault());
    if (reader.left() != 0) return fail(ErrorKind::damaged, name + ": octets are left over at its end");
    return event;
}

std::string schema_text(EventType type) {
    SchemaWriter writer;
    Event event = make_event(type);
    std::visit([&](auto& held) { held.serialize(writer, std::remove_cvref_t<decltype(held)>::kSchema); },
               event);
    return writer.text();
}

}  // namespace certledger::events
