// Role: a course of commands, given to the model and to the domain side by side.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "support/subject.hpp"

namespace certledger::testing {

/// Both of them after the same commands.
struct Pair {
    model::Model model;
    Subject subject;
    bool refused = false;  ///< Whether the last command was, by the model.

    /// Gives the command to both. Empty when they agree in the answer and in what the streams that it touched
    /// now show; otherwise what each said.
    std::string step(const model::Request& request);
    /// Compares every certificate and quota, and checks what must hold of the log at any time.
    [[nodiscard]] std::string whole() const;
};

/// What a run has gone through.
struct Tally {
    std::size_t commands = 0;
    std::size_t refused = 0;
};

/// Empty, or the first disagreement of a course with its number and command.
[[nodiscard]] std::string disagreement(const std::vector<model::Request>& course, Tally* tally = nullptr);

/// An answer on one line.
[[nodiscard]] std::string answer_text(const model::Answer& answer);

}  // namespace certledger::testing
