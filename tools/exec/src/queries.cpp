#include "queries.hpp"

#include <algorithm>

namespace certledger::events::json {
namespace {

constexpr const char* kPoint = "a position (a whole number) or a time (RFC 3339, UTC)";

}  // namespace

OrderedJson JsonValue<projections::AsOf>::write(const projections::AsOf& value) {
    if (const auto* position = std::get_if<projections::Position>(&value)) return *position;
    return JsonValue<Instant>::write(std::get<Instant>(value));
}

tl::expected<projections::AsOf, std::string> JsonValue<projections::AsOf>::read(const Json& value) {
    if (const auto* text = value.get_ptr<const Json::string_t*>()) {
        if (const auto instant = instant_from_string(*text)) return projections::AsOf(*instant);
        const bool digits =
            !text->empty() && text->size() <= 18 &&
            std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits) return projections::AsOf(projections::Position{std::stoull(*text)});
        return tl::make_unexpected(must_be_shown(kPoint, value));
    }
    const auto position = JsonValue<projections::Position>::read(value);
    if (!position) return tl::make_unexpected(must_be(kPoint, value));
    return projections::AsOf(*position);
}

OrderedJson JsonValue<projections::AsOf>::schema() {
    return {{"oneOf",
             OrderedJson::array({JsonValue<projections::Position>::schema(), JsonValue<Instant>::schema()})}};
}

}  // namespace certledger::events::json

namespace certledger::exec {
namespace {

namespace json = events::json;

template <class T>
void add_schema(const json::SchemaArchive& common, std::vector<json::OrderedJson>& schemas) {
    json::SchemaArchive archive = common;
    archive.add("query", {{"const", T::kName}}, true);
    T{}.serialize(archive, 1U);
    json::OrderedJson schema{{"title", "query " + std::string(T::kName)}, {"description", T::kSummary}};
    schema.update(archive.finish());
    schemas.push_back(std::move(schema));
}

}  // namespace

bool select_query(std::string_view name, Query& query) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((std::variant_alternative_t<I, Query>::kName == name ? (query.emplace<I>(), true) : false) ||
                ...);
    }
    (std::make_index_sequence<std::variant_size_v<Query>>{});
}

std::optional<json::FieldError> read_query(const json::Json& line, Query& query) {
    return std::visit(
        [&](auto& held) {
            return json::read_json_object(
                line, held, {"id", "query", "account", "actor", "correlation", "as_of", "as_at"});
        },
        query);
}

std::vector<json::OrderedJson> query_schemas(const json::SchemaArchive& common) {
    std::vector<json::OrderedJson> schemas;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (add_schema<std::variant_alternative_t<I, Query>>(common, schemas), ...);
    }
    (std::make_index_sequence<std::variant_size_v<Query>>{});
    return schemas;
}

}  // namespace certledger::exec
