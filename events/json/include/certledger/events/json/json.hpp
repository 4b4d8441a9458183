// Role: the two JSON document types of certledger, and the fault that names a field.
//
// What is read is a Json, whose members are sorted: looking one up and finding a duplicate stay cheap
// whatever a stranger sends. What is written is an OrderedJson, whose members keep the order of their
// description.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace certledger::events::json {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

/// How deep objects and arrays may stand in one another.
inline constexpr std::size_t kMaxDepth = 32;

/// A fault in one member of an object.
struct FieldError {
    std::string field;    ///< The top-level member; empty when the fault is in no member.
    std::string message;  ///< One clause with the path of the value and the rule, without secrets.

    friend bool operator==(const FieldError&, const FieldError&) = default;
};

}  // namespace certledger::events::json
