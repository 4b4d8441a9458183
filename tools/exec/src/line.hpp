// Role: one input line as a value: a command, a query, or what is wrong with it (rulings 8).
#pragma once

#include <certledger/tools/engine/request.hpp>
#include <certledger/tools/exec/exec.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "queries.hpp"

namespace certledger::exec {

struct QueryRequest {
    std::optional<std::string> id;
    events::AccountId account;
    std::optional<projections::AsOf> as_of;
    std::optional<events::Instant> as_at;
    Query query;
};

/// A line that asks nothing that can be answered.
struct LineFault {
    std::optional<std::string> id;
    bool no_object = false;  ///< The line is no JSON object: its number says which one it was.
    domain::Refusal refusal;
    std::string asked;  ///< Name of the command or query; empty when there is none of that name.
    // What the line says of the stream, as far as it is well-formed: the refusal tells how that stands.
    events::AccountId account;
    std::optional<events::CertificateId> certificate;
};

using ParsedLine = std::variant<LineFault, engine::Request, QueryRequest>;

/// What stands in for that which a line does not say.
struct LineDefaults {
    events::AccountId account{"default"};
    std::string actor;
    std::optional<projections::AsOf> as_of;
    std::optional<events::Instant> as_at;
};

/// Reads a line of at most kMaxLine octets.
[[nodiscard]] ParsedLine parse_line(std::string_view text, const LineDefaults& defaults);

/// What is said of a line that is longer.
[[nodiscard]] LineFault too_long();

}  // namespace certledger::exec
