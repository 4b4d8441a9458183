#include "commands.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>

#include "pays_json.hpp"

namespace certledger::exec {
namespace {

namespace json = events::json;

using Read = tl::expected<domain::Command, json::FieldError>;

/// Dates of a certificate: written without fractions, also without one that is nothing (rulings 5).
constexpr std::array kCertificateDates{"not_before", "not_after"};

/// An Instant does not tell how it was written, so that the text is looked at.
std::optional<json::FieldError> fraction_fault(const json::Json& line) {
    for (const std::string name : kCertificateDates) {
        const auto member = line.find(name);
        if (member == line.end() || !member->is_string()) continue;
        if (member->get_ref<const std::string&>().find('.') == std::string::npos) continue;
        return json::FieldError{name, name + " has a fraction; certificates count in whole seconds"};
    }
    return std::nullopt;
}

template <class T>
Read read_one(const json::Json& line) {
    T command;
    auto fault = json::read_json_object(
        line, command,
        {"id", "command", "account", "actor", "occurred_at", "correlation", "expected_version"});
    if (fault) return tl::make_unexpected(std::move(*fault));
    if (T::kType == domain::CommandType::issue_certificate) {
        if (auto fraction = fraction_fault(line)) return tl::make_unexpected(std::move(*fraction));
    }
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
    if (T::kType == domain::CommandType::issue_certificate) {
        for (const char* date : kCertificateDates)
            schema["properties"][date]["pattern"] =
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
    }
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
