// Role: the customisation point for types with a JSON form of their own, and the forms of the value types.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/json/json.hpp>
#include <certledger/events/money.hpp>
#include <certledger/events/named_enum.hpp>
#include <certledger/events/uuid.hpp>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace certledger::events::json {

/// Specialise it, before the first archive runs over the type, to give a type its own JSON form:
///
///   static OrderedJson write(const T& value);
///   static tl::expected<T, std::string> read(const Json& value);  // the error is a rule: "must be …"
///   static OrderedJson schema();                                   // JSON Schema (draft 2020-12)
template <class T>
struct JsonValue;

template <class T>
concept HasJsonValue = requires(const T& value, const Json& json) {
    { JsonValue<T>::write(value) } -> std::convertible_to<OrderedJson>;
    { JsonValue<T>::read(json) } -> std::same_as<tl::expected<T, std::string>>;
    { JsonValue<T>::schema() } -> std::convertible_to<OrderedJson>;
};

/// "must be `what`, is …" with the kind of the value but not the value, which may be anybody's secret.
[[nodiscard]] std::string must_be(std::string_view what, const Json& value);

/// The same with the text itself, shortened: only for fields whose form is public (times, amounts, names of
/// enumerators).
[[nodiscard]] std::string must_be_shown(std::string_view what, const Json& value);

/// RFC 3339 text in UTC, as instant.hpp narrows it.
template <>
struct JsonValue<Instant> {
    static OrderedJson write(const Instant& value);
    static tl::expected<Instant, std::string> read(const Json& value);
    static OrderedJson schema();
};

/// "100.00 USD".
template <>
struct JsonValue<Money> {
    static OrderedJson write(const Money& value);
    static tl::expected<Money, std::string> read(const Json& value);
    static OrderedJson schema();
};

/// 64 hexadecimal digits; written in lower case, read in either.
template <>
struct JsonValue<Digest> {
    static OrderedJson write(const Digest& value);
    static tl::expected<Digest, std::string> read(const Json& value);
    static OrderedJson schema();
};

/// The 8-4-4-4-12 form; written in lower case, read in either.
template <>
struct JsonValue<Uuid> {
    static OrderedJson write(const Uuid& value);
    static tl::expected<Uuid, std::string> read(const Json& value);
    static OrderedJson schema();
};

/// RFC 4648 base64 with padding.
template <>
struct JsonValue<Bytes> {
    static OrderedJson write(const Bytes& value);
    static tl::expected<Bytes, std::string> read(const Json& value);
    static OrderedJson schema();
};

template <>
struct JsonValue<bool> {
    static OrderedJson write(bool value) { return value; }
    static tl::expected<bool, std::string> read(const Json& value);
    static OrderedJson schema();
};

template <>
struct JsonValue<std::string> {
    static OrderedJson write(const std::string& value) { return value; }
    static tl::expected<std::string, std::string> read(const Json& value);
    static OrderedJson schema();
};

namespace detail {

/// Any integer that JSON holds exactly, inside the bounds; 3.0 and 3e0 are no integers.
[[nodiscard]] tl::expected<std::int64_t, std::string> read_signed(const Json& value, std::int64_t min,
                                                                  std::int64_t max);
[[nodiscard]] tl::expected<std::uint64_t, std::string> read_unsigned(const Json& value, std::uint64_t max);

}  // namespace detail

template <std::integral T>
requires(!std::same_as<T, bool>) struct JsonValue<T> {
    static OrderedJson write(T value) { return value; }
    static tl::expected<T, std::string> read(const Json& value) {
        using Limits = std::numeric_limits<T>;
        if constexpr (std::is_signed_v<T>) {
            return detail::read_signed(value, Limits::min(), Limits::max()).map([](std::int64_t read) {
                return static_cast<T>(read);
            });
        } else {
            return detail::read_unsigned(value, Limits::max()).map([](std::uint64_t read) {
                return static_cast<T>(read);
            });
        }
    }
    static OrderedJson schema() {
        using Limits = std::numeric_limits<T>;
        return {{"type", "integer"}, {"minimum", Limits::min()}, {"maximum", Limits::max()}};
    }
};

/// The enumerator's name.
template <NamedEnum E>
struct JsonValue<E> {
    static OrderedJson write(E value) { return to_name(value); }
    static tl::expected<E, std::string> read(const Json& value) {
        if (const auto* text = value.get_ptr<const Json::string_t*>()) {
            if (const auto found = from_name<E>(*text)) return *found;
        }
        return tl::make_unexpected(must_be_shown(one_of(), value));
    }
    static OrderedJson schema() {
        OrderedJson names = OrderedJson::array();
        for (const auto& entry : EnumTraits<E>::entries) names.push_back(entry.name);
        return {{"enum", std::move(names)}};
    }

  private:
    static std::string one_of() {
        std::string text = "one of";
        for (const auto& entry : EnumTraits<E>::entries) {
            text.append(text.size() == 6 ? " " : ", ").append(entry.name);
        }
        return text;
    }
};

/// The id's text; its form is the caller's to check.
template <class Tag>
struct JsonValue<Id<Tag>> {
    static OrderedJson write(const Id<Tag>& value) { return value.value; }
    static tl::expected<Id<Tag>, std::string> read(const Json& value) {
        return JsonValue<std::string>::read(value).map(
            [](std::string&& text) { return Id<Tag>{std::move(text)}; });
    }
    static OrderedJson schema() { return JsonValue<std::string>::schema(); }
};

}  // namespace certledger::events::json
