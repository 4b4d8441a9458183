// Role: a variant inside a description of fields.
//
// `ar & tagged("kind", terms)` stands in a serialize() beside the named pairs. Every alternative has
// `static constexpr <NamedEnum> kTag`. The canonical archive writes the tag's code and then the alternative's
// fields; JSON writes the tag's name under the key and the fields beside it, in the same object.
#pragma once

#include <certledger/events/named_enum.hpp>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace certledger::events {

template <class Variant>
struct Tagged {
    const char* key;
    Variant& variant;
};

template <class Variant>
[[nodiscard]] Tagged<Variant> tagged(const char* key, Variant& variant) {
    return {key, variant};
}

/// The enumeration that the alternatives of a variant are tagged with.
template <class Variant>
using TagOf = std::remove_cvref_t<decltype(std::variant_alternative_t<0, Variant>::kTag)>;

/// Makes the variant hold a default-constructed alternative with this tag; false when none has it.
template <class Variant>
[[nodiscard]] bool select_alternative(Variant& variant, TagOf<Variant> tag) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((std::variant_alternative_t<I, Variant>::kTag == tag ? (variant.template emplace<I>(), true)
                                                                     : false) ||
                ...);
    }
    (std::make_index_sequence<std::variant_size_v<Variant>>{});
}

/// The tag of the alternative that the variant holds.
template <class Variant>
[[nodiscard]] TagOf<Variant> tag_of(const Variant& variant) {
    return std::visit([](const auto& held) { return std::remove_cvref_t<decltype(held)>::kTag; }, variant);
}

}  // namespace certledger::events
