// Role: how the domain says no.
#pragma once

#include <certledger/domain/command_parts.hpp>
#include <certledger/events/refusal_code.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::domain {

/// A refusal changes no state. It says which rule, about which field, in which status, and what is possible
/// instead.
struct Refusal {
    events::RefusalCode code = events::RefusalCode::illegal_transition;
    std::string message;
    std::string field;                     ///< Empty when the rule is not about one field.
    std::optional<events::Status> status;  ///< Of the named certificate; empty when there is none.
    std::vector<CommandType> allowed;      ///< What status and flags permit now, in the order of CommandType.
};

}  // namespace certledger::domain
