// Role: where a field of fixed width lies in an event's payload, so that a fold over millions of records can
// read it in place. Told by the event's own description, like everything else about it.
#pragma once

#include <certledger/events/canonical.hpp>
#include <optional>
#include <string_view>

namespace certledger::events {

/// Octets that every value of the type takes in the canonical archive; 0 when they differ.
template <class T>
constexpr std::size_t fixed_width() {
    if constexpr (std::integral<T> || std::is_enum_v<T>) {
        return sizeof(T);
    } else if constexpr (std::same_as<T, Instant>) {
        return sizeof(Instant::micros);
    } else if constexpr (std::same_as<T, Digest> || std::same_as<T, Uuid>) {
        return sizeof(T);
    } else if constexpr (std::same_as<T, Money>) {
        return sizeof(Money::minor) + sizeof(Currency::code);
    } else {
        return 0;
    }
}

/// Goes through a description and notes the offset of one field. The offsets end at the first field whose
/// width depends on its value.
class OffsetFinder {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    explicit OffsetFinder(std::string_view field) : field_(field) {}

    template <class T>
    OffsetFinder& operator&(const boost::serialization::nvp<T>& field) {
        if (field.name() == field_ && fixed_) found_ = offset_;
        const std::size_t width = fixed_width<T>();
        fixed_ = fixed_ && width > 0;
        offset_ += width;
        return *this;
    }
    template <class V>
    OffsetFinder& operator&(const Tagged<V>&) {
        fixed_ = false;
        return *this;
    }
    [[nodiscard]] std::optional<std::size_t> found() const { return found_; }

  private:
    std::string_view field_;
    std::size_t offset_ = 0;
    bool fixed_ = true;
    std::optional<std::size_t> found_;
};

/// Offset of the field in the newest schema's payload; nothing when a field before it, or its absence, makes
/// that depend on the event.
template <class Event>
[[nodiscard]] std::optional<std::size_t> fixed_offset(std::string_view field) {
    OffsetFinder finder(field);
    Event{}.serialize(finder, Event::kSchema);
    return finder.found();
}

}  // namespace certledger::events
