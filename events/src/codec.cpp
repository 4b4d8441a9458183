#include <algorithm>
#include <array>
#include <certledger/events/canonical.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/events/schema.hpp>

namespace certledger::events {
namespace {

constexpr std::size_t kTypes = std::variant_size_v<EventVariant>;

/// What is done with one type of event, for a look-up by its code.
struct TypeWork {
    EventType type;
    unsigned newest;
    Event (*make)();
    /// Reads the fields; into the event that is there when it has them all.
    void (*read)(CanonicalReader& reader, unsigned schema, Event& into);
};

template <std::size_t I>
void read_as(CanonicalReader& reader, unsigned schema, Event& into) {
    using Held = std::variant_alternative_t<I, EventVariant>;
    auto* held = std::get_if<I>(&into);
    // An older schema leaves newer fields as they are: they must be as they are made.
    if (held == nullptr || schema != Held::kSchema) held = &into.template emplace<I>();
    reader.read(*held);
}

template <std::size_t... I>
constexpr std::array<TypeWork, kTypes> works(std::index_sequence<I...>) {
    return {TypeWork{std::variant_alternative_t<I, EventVariant>::kType,
                     std::variant_alternative_t<I, EventVariant>::kSchema,
                     [] { return Event(std::variant_alternative_t<I, EventVariant>{}); }, &read_as<I>}...};
}

constexpr auto kWorks = works(std::make_index_sequence<kTypes>{});

constexpr std::size_t kCodes = [] {
    std::size_t most = 0;
    for (const auto& work : kWorks) most = std::max(most, static_cast<std::size_t>(work.type));
    return most + 1;
}();

/// Where a type stands in kWorks.
constexpr auto kPlaces = [] {
    std::array<std::uint16_t, kCodes> places{};
    for (auto& place : places) place = kTypes;
    for (std::size_t i = 0; i < kTypes; ++i)
        places[static_cast<std::size_t>(kWorks[i].type)] = static_cast<std::uint16_t>(i);
    return places;
}();

const TypeWork& work_of(EventType type) {
    const auto code = static_cast<std::size_t>(type);
    CERTLEDGER_CHECK(code < kCodes && kPlaces[code] < kTypes && "every event type has a struct");
    return kWorks[kPlaces[code]];
}

tl::unexpected<Error> damaged(EventType type, const std::string& why) {
    return fail(ErrorKind::damaged, std::string(to_name(type)) + ": " + why);
}

}  // namespace

Event make_event(EventType type) { return work_of(type).make(); }

void encode_event(const Event& event, Bytes& out) {
    CanonicalWriter writer(out);
    std::visit([&](const auto& held) { writer.write(held); }, event);
}

Result<void> decode_event(EventType type, unsigned schema, std::span<const std::uint8_t> payload,
                          Event& into) {
    const TypeWork& work = work_of(type);
    if (schema == 0 || schema > work.newest) {
        return damaged(type, "schema version " + std::to_string(schema) + " is not one of 1 to " +
                                 std::to_string(work.newest));
    }
    CanonicalReader reader(payload, schema);
    work.read(reader, schema, into);
    if (!reader.ok()) return damaged(type, reader.fault());
    if (reader.left() != 0) return damaged(type, "octets are left over at its end");
    return {};
}

Result<Event> decode_event(EventType type, unsigned schema, std::span<const std::uint8_t> payload) {
    Result<Event> event(make_event(type));
    if (auto read = decode_event(type, schema, payload, *event); !read)
        return tl::make_unexpected(read.error());
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
