// Role: requests of the model's tests to the domain's commands and facts, as a front would make them.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/domain/facts.hpp>
#include <certledger/domain/policies/book.hpp>
#include <certledger/events/events.hpp>

#include "model/request.hpp"

namespace certledger::testing {

struct Asked {
    domain::CommandHeader header;
    domain::Command command;
    domain::Facts facts;
};

[[nodiscard]] Asked convert(const model::Request& request, const policies::Zones& zones);

/// A digest that holds the token's characters; up to 32.
[[nodiscard]] events::Digest digest_of(const std::string& token);
[[nodiscard]] std::string token_of(const events::Digest& digest);

/// Details of an event in the form in which the model gives them.
[[nodiscard]] std::string detail(const events::Event& event);

}  // namespace certledger::testing
