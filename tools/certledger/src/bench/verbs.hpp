// Role: the verbs of `bench`, one file each.
#pragma once

#include "args/command.hpp"

namespace certledger::cli {

void describe_bench_generate(Command& noun);
/// append, replay, ... and all.
void describe_bench_measures(Command& noun);
void describe_bench_soak(Command& noun);

}  // namespace certledger::cli
