// What it takes to judge one event.
#include <certledger/domain/lifecycle/judge.hpp>
#include <certledger/domain/lifecycle/machine.hpp>

#include "benches/benches.hpp"
#include "measure/sheet.hpp"
#include "workload/random.hpp"

namespace certledger::bench {
namespace {

constexpr std::size_t kJudgements = 200'000;

struct Question {
    std::optional<events::Status> from;
    events::EventType event;
};

}  // namespace

Section bench_machine(const Bed& bed) {
    Sheet sheet("machine", "One event judged");
    sheet.figure("msm", "the Boost.MSM machine, its state set before each event", "ns/event");
    sheet.figure("table", "the table that was read out of it", "ns/event");
    sheet.limit("loop", "the loop around them", "ns/event");
    sheet.ratio("gain", "machine / table", "msm", "table");
    Random random(bed.options.seed);
    const auto& rows = lifecycle::transitions();
    std::vector<Question> questions(kJudgements);
    for (auto& question : questions) {
        const auto& row = rows[random.below(rows.size())];
        question = {row.from, row.event};
    }
    sheet.size("judgements", kJudgements);
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        const auto timed = [&](const char* name, auto&& judge) {
            std::uint64_t sum = 0;
            const double seconds = seconds_of([&] {
                for (const auto& question : questions) sum += judge(question);
            });
            if (sum == 0) throw Failure({ErrorKind::damaged, "machine: nothing was judged"});
            sheet.sample(name, seconds / static_cast<double>(kJudgements) * 1e9);
            return sum;
        };
        const auto asked = timed("msm", [](const Question& question) {
            return static_cast<std::uint64_t>(*lifecycle::ask_machine(question.from, question.event));
        });
        const auto looked_up = timed("table", [](const Question& question) {
            return static_cast<std::uint64_t>(*lifecycle::next(question.from, question.event));
        });
        timed("loop", [](const Question& question) { return static_cast<std::uint64_t>(question.event); });
        if (asked != looked_up) throw Failure({ErrorKind::damaged, "machine: the table is not the machine"});
    }
    return sheet.section();
}

}  // namespace certledger::bench
