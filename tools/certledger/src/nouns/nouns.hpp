// Role: the table of nouns. A noun is one file here: a function that describes its verbs and the functions
// that carry them out. To add one, write its file, declare its function below and give it a row in nouns.cpp.
#pragma once

#include <span>

#include "args/command.hpp"

namespace certledger::cli {

/// In the order in which help shows them; rows of one group stand together.
[[nodiscard]] std::span<const Noun> nouns();

void describe_audit(Command& noun);
void describe_bench(Command& noun);
void describe_calendar(Command& noun);
void describe_ca(Command& noun);
void describe_cert(Command& noun);
void describe_completion(Command& noun);
void describe_counts(Command& noun);
void describe_deployments(Command& noun);
void describe_demo(Command& noun);
void describe_exec(Command& noun);
void describe_init(Command& noun);
void describe_list(Command& noun);
void describe_log(Command& noun);
void describe_machine(Command& noun);
void describe_policy(Command& noun);
void describe_progress(Command& noun);
void describe_quota(Command& noun);
void describe_reference(Command& noun);
void describe_refunds(Command& noun);
void describe_review(Command& noun);
void describe_run(Command& noun);
void describe_tick(Command& noun);
void describe_views(Command& noun);
void describe_watch(Command& noun);

}  // namespace certledger::cli
