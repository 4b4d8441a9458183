#include <certledger/events/json/event_json.hpp>
#include <certledger/events/json/json_schema.hpp>

namespace certledger::events::json {

OrderedJson event_json_schema(EventType type) {
    const Event event = make_event(type);
    return std::visit(
        [&](const auto& held) {
            return json_schema<std::remove_cvref_t<decltype(held)>>("certledger event " +
                                                                    std::string(to_name(type)));
        },
        event);
}

}  // namespace certledger::events::json
