#include <certledger/store/event_store.hpp>
#include <certledger/tools/exec/exec.hpp>

#include "commands.hpp"
#include "queries.hpp"

namespace certledger::exec {
namespace {

using events::json::JsonValue;
using events::json::OrderedJson;
using events::json::SchemaArchive;

OrderedJson text(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

OrderedJson expected_version() {
    return {{"oneOf", OrderedJson::array({JsonValue<std::uint64_t>::schema(),
                                          OrderedJson{{"enum", {"no-stream", "stream-exists", "any"}}}})}};
}

/// Members that every line takes.
void add_shared(SchemaArchive& archive) {
    archive.add("account", text("^[A-Za-z0-9._-]{1,64}$"), false);
    archive.add("actor", {{"type", "string"}, {"minLength", 1}, {"maxLength", 128}}, false);
    archive.add("correlation", {{"type", "string"}, {"minLength", 1}, {"maxLength", 256}}, false);
}

}  // namespace

OrderedJson schema() {
    SchemaArchive command;
    command.add("id", text("^[ -~]{1,128}$"), true);
    add_shared(command);
    command.add("occurred_at", JsonValue<events::Instant>::schema(), false);
    command.add("expected_version", expected_version(), false);
    SchemaArchive query;
    query.add("id", text("^[ -~]{1,128}$"), false);
    add_shared(query);
    query.add("as_of", JsonValue<projections::AsOf>::schema(), false);
    query.add("as_at", JsonValue<events::Instant>::schema(), false);

    OrderedJson any = OrderedJson::array();
    for (auto& one : command_schemas(command)) any.push_back(std::move(one));
    for (auto& one : query_schemas(query)) any.push_back(std::move(one));
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "certledger exec"},
            {"description", "One line of the input of certledger exec."},
            {"oneOf", std::move(any)}};
}

}  // namespace certledger::exec
