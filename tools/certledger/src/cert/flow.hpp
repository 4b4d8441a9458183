// Role: what the verbs with follow-up work share: the workflow with this command line's settings, and its
// outcome in the report.
#pragma once

#include <certledger/tools/workflow/workflow.hpp>

#include "args/command.hpp"
#include "report.hpp"

namespace certledger::cli {

/// Option --responder.
void describe_responder(Command& verb, std::optional<workflow::ProofSource>& proof);

[[nodiscard]] Result<workflow::Workflow> make_workflow(
    Context& context, const std::optional<workflow::ProofSource>& proof = {});

/// Takes the outcome into the report.
void add_outcome(Report& report, const workflow::Outcome& outcome);

}  // namespace certledger::cli
