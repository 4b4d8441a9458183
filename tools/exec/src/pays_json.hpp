// Role: the JSON form of how a renewal is paid for: "term", {"quota":"q2"} or {"price":"90.00 USD"}.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/events/json/json_value.hpp>

namespace certledger::events::json {

template <>
struct JsonValue<domain::Pays> {
    static OrderedJson write(const domain::Pays& value);
    static tl::expected<domain::Pays, std::string> read(const Json& value);
    static OrderedJson schema();
};

}  // namespace certledger::events::json
