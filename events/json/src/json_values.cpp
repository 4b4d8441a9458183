#include <certledger/events/json/json_value.hpp>

namespace certledger::events::json {
namespace {

std::string_view kind_of(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return "null";
        case Json::value_t::boolean:
            return "a boolean";
        case Json::value_t::string:
            return "a string";
        case Json::value_t::array:
            return "an array";
        case Json::value_t::object:
            return "an object";
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
            return "an integer";
        case Json::value_t::number_float:
            return "a number with fraction or exponent, or beyond 64 bits";
        default:
            return "of another kind";
    }
}

const std::string* text_of(const Json& value) { return value.get_ptr<const Json::string_t*>(); }

template <class T>
tl::expected<T, std::string> or_rule(std::optional<T> read, std::string_view what, const Json& value) {
    if (!read) return tl::make_unexpected(must_be_shown(what, value));
    return std::move(*read);
}

std::string integer_rule(std::string_view bounds, const Json& value) {
    const std::string rule = "must be an integer " + std::string(bounds) + ", is ";
    return rule + (value.is_number_integer() ? value.dump() : std::string(kind_of(value)));
}

OrderedJson text_schema(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

}  // namespace

std::string must_be(std::string_view what, const Json& value) {
    return "must be " + std::string(what) + ", is " + std::string(kind_of(value));
}

std::string must_be_shown(std::string_view what, const Json& value) {
    constexpr std::size_t longest = 48;
    const std::string* const text = text_of(value);
    if (text == nullptr) return must_be(what, value);
    std::string shown = Json(*text).dump(-1, ' ', true, Json::error_handler_t::replace);
    if (shown.size() > longest) shown = shown.substr(0, longest) + "…\"";
    return "must be " + std::string(what) + ", is " + shown;
}

OrderedJson JsonValue<Instant>::write(const Instant& value) { return to_string(value); }
tl::expected<Instant, std::string> JsonValue<Instant>::read(const Json& value) {
    const auto* text = text_of(value);
    return or_rule(text ? instant_from_string(*text) : std::nullopt,
                   "a time YYYY-MM-DDThh:mm:ss[.f]Z that exists", value);
}
OrderedJson JsonValue<Instant>::schema() {
    auto schema = text_schema(R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$)");
    schema["format"] = "date-time";
    return schema;
}

OrderedJson JsonValue<Money>::write(const Money& value) { return to_string(value); }
tl::expected<Money, std::string> JsonValue<Money>::read(const Json& value) {
    const auto* text = text_of(value);
    return or_rule(text ? money_from_string(*text) : std::nullopt,
                   "an amount such as \"100.00 USD\" with exactly the currency's digits", value);
}
OrderedJson JsonValue<Money>::schema() {
    return text_schema(R"(^(0|[1-9][0-9]{0,18})(\.[0-9]{2,4})? [A-Z]{3}$)");
}

OrderedJson JsonValue<Digest>::write(const Digest& value) { return to_hex(value); }
tl::expected<Digest, std::string> JsonValue<Digest>::read(const Json& value) {
    const auto* text = text_of(value);
    return or_rule(text ? digest_from_hex(*text) : std::nullopt, "64 hexadecimal digits", value);
}
OrderedJson JsonValue<Digest>::schema() { return text_schema("^[0-9A-Fa-f]{64}$"); }

OrderedJson JsonValue<Uuid>::write(const Uuid& value) { return to_string(value); }
tl::expected<Uuid, std::string> JsonValue<Uuid>::read(const Json& value) {
    const auto* text = text_of(value);
    return or_rule(text ? uuid_from_string(*text) : std::nullopt, "a UUID in the form 8-4-4-4-12", value);
}
OrderedJson JsonValue<Uuid>::schema() {
    auto schema =
        text_schema("^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$");
    schema["format"] = "uuid";
    return schema;
}

OrderedJson JsonValue<Bytes>::write(const Bytes& value) { return to_base64(value); }
tl::expected<Bytes, std::string> JsonValue<Bytes>::read(const Json& value) {
    const auto* text = text_of(value);
    if (text == nullptr) return tl::make_unexpected(must_be("a string of base64", value));
    auto bytes = bytes_from_base64(*text);
    // The text is not shown: it may be a sealed box, or what somebody took for one.
    if (!bytes) return tl::make_unexpected(std::string("must be base64 (RFC 4648 section 4) with padding"));
    return std::move(*bytes);
}
OrderedJson JsonValue<Bytes>::schema() {
    return {{"type", "string"},
            {"contentEncoding", "base64"},
            {"pattern", "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}};
}

tl::expected<bool, std::string> JsonValue<bool>::read(const Json& value) {
    if (!value.is_boolean()) return tl::make_unexpected(must_be("true or false", value));
    return value.get<bool>();
}
OrderedJson JsonValue<bool>::schema() { return {{"type", "boolean"}}; }

tl::expected<std::string, std::string> JsonValue<std::string>::read(const Json& value) {
    tl::expected<std::string, std::string> read{};
    if (const auto* text = text_of(value)) {
        *read = *text;
    } else {
        read = tl::make_unexpected(must_be("a string", value));
    }
    return read;
}
OrderedJson JsonValue<std::string>::schema() { return {{"type", "string"}}; }

namespace detail {

tl::expected<std::int64_t, std::string> read_signed(const Json& value, std::int64_t min, std::int64_t max) {
    // Numbers without a sign are kept unsigned, whatever their size.
    if (const auto* number = value.get_ptr<const Json::number_unsigned_t*>()) {
        if (*number <= static_cast<std::uint64_t>(max)) return static_cast<std::int64_t>(*number);
    } else if (value.is_number_integer()) {
        const auto number_signed = value.get<std::int64_t>();
        if (number_signed >= min && number_signed <= max) return number_signed;
    }
    return tl::make_unexpected(
        integer_rule("from " + std::to_string(min) + " to " + std::to_string(max), value));
}

tl::expected<std::uint64_t, std::string> read_unsigned(const Json& value, std::uint64_t max) {
    const auto* number = value.get_ptr<const Json::number_unsigned_t*>();
    if (number != nullptr && *number <= max) return *number;
    // A document built by a program may keep a number that has no sign in a signed type.
    if (number == nullptr && value.is_number_integer() && value.get<std::int64_t>() >= 0 &&
        static_cast<std::uint64_t>(value.get<std::int64_t>()) <= max) {
        return static_cast<std::uint64_t>(value.get<std::int64_t>());
    }
    return tl::make_unexpected(integer_rule("from 0 to " + std::to_string(max), value));
}

}  // namespace detail
}  // namespace certledger::events::json
