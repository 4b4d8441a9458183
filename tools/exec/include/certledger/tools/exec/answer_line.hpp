// Role: JSON of answers, with the members in the order of the documentation.
#pragma once

#include <certledger/tools/engine/request.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::exec {

/// Appends the answer as one JSON object, without a line end.
void append_answer(const engine::Answer& answer, std::string& out);

/// Appends a refusal as the object that stands under `refusal`. `command` is null when there is none.
void append_refusal(const domain::Refusal& refusal, std::optional<std::string_view> command,
                    std::string& out);

/// Appends a JSON string: the text in quotes, escaped. The text is well-formed UTF-8.
void append_text(std::string_view text, std::string& out);

}  // namespace certledger::exec
