#include <certledger/events/events.hpp>

namespace certledger::events {

Event::Event() = default;
Event::Event(const Event& other) = default;
Event::Event(Event&& other) noexcept = default;
Event& Event::operator=(const Event& other) = default;
Event& Event::operator=(Event&& other) noexcept = default;
Event::~Event() = default;

bool operator==(const Event& left, const Event& right) {
    return static_cast<const EventVariant&>(left) == static_cast<const EventVariant&>(right);
}

EventType type_of(const Event& event) {
    return std::visit([](const auto& held) { return std::remove_cvref_t<decltype(held)>::kType; }, event);
}

unsigned schema_of(const Event& event) {
    return std::visit([](const auto& held) { return std::remove_cvref_t<decltype(held)>::kSchema; }, event);
}

}  // namespace certledger::events
