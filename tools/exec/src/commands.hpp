// Role: the commands that a line can hold: their names, their fields out of JSON, their schemas.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/events/json/json_schema.hpp>
#include <certledger/events/json/reader.hpp>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace certledger::exec {

/// The command of that type out of the line's object. Members of the line that are no command's fields
/// (line.hpp) are left aside. The type must be one that can be given from outside (contract).
[[nodiscard]] tl::expected<domain::Command, events::json::FieldError> read_command(
    domain::CommandType type, const events::json::Json& line);

/// The schema of a line with each command; `common` describes the members that every command takes.
[[nodiscard]] std::vector<events::json::OrderedJson> command_schemas(
    const events::json::SchemaArchive& common);

}  // namespace certledger::exec
