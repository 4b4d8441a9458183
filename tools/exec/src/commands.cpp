#include "commands.hpp"

#include <certledger/events/contract.hpp>

#include "pays_json.hpp"

namespace certledger::exec {
namespace {

namespace json = events::json;

using Read = tl::expected<domain::Command, json::FieldError>;

template <class T>
Read read_one(const json::Json& line) {
    T command;
    auto fault = json::read_json_object(
        line, command,
        {"id", "command", "account", "actor", "occurred_at", "correlation", "expected_version"});
    if (fault) return tl::make_unexpected(std::move(*fault));
    return domain::Command(std::move(command));
}

template <std::size_t... I>
Read read_by_type(domain::CommandType type, const json::Json& line, std::index_sequence<I...>) {
    using Reader = Read (*)(const json::Json&);
    static constexpr std::array<std::pair<domain::CommandType, Reader>, sizeof...(I)> readers{
        {{std::variant_alternative_t<I, domain::CommandVariant>::kType,
          &read_one<std::variant_alternative_t<I, domain::CommandVariant>>}...}};
    for (const auto& [read_type, reader] : readers) {
        if (read_type == type) return reader(line);
    }
    throw ContractViolation("a command type without a struct");
}

template <class T>
void add_schema(const json::SchemaArchive& common, std::vector<json::OrderedJson>& schemas) {
    if (!domain::from_outside(T::kType)) return;
    json::SchemaArchive archive = common;
    const std::string name(events::to_name(T::kType));
    archive.add("command", {{"const", name}}, true);
    T{}.serialize(archive, 1U);
    json::OrderedJson schema{{"title", name}, {"description", T::kSummary}};
    schema.update(archive.finish());
    schemas.push_back(std::move(schema));
}

}  // namespace

Read read_command(domain::CommandType type, const json::Json& line) {
    CERTLEDGER_CHECK(domain::from_outside(type));
    return read_by_type(type, line, std::make_index_sequence<std::variant_size_v<domain::CommandVariant>>{});
}

std::vector<json::OrderedJson> command_schemas(const json::SchemaArchive& common) {
    std::vector<json::OrderedJson> schemas;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (add_schema<std::variant_alternative_t<I, domain::CommandVariant>>(common, schemas), ...);
    }
    (std::make_index_sequence<std::variant_size_v<domain::CommandVariant>>{});
    return schemas;
}

}  // namespace certledger::exec
