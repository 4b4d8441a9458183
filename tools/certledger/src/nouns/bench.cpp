#include "bench/verbs.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {

void describe_bench(Command& noun) {
    describe_bench_generate(noun);
    describe_bench_measures(noun);
    describe_bench_soak(noun);
}

}  // namespace certledger::cli
