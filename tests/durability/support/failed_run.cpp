#include "support/failed_run.hpp"

#include <algorithm>
#include <certledger/events/json/json.hpp>
#include <stdexcept>

namespace certledger::durability {
namespace {

using events::json::OrderedJson;

std::vector<std::string> lines_of(const std::vector<Breath>& work) {
    std::vector<std::string> lines;
    for (const Breath& breath : work) lines.insert(lines.end(), breath.begin(), breath.end());
    return lines;
}

void require_right_end(const FailedRun& run, std::size_t lines) {
    const std::string how = "ended with " + std::to_string(run.code) + " after " +
                            std::to_string(run.answers.size()) + " answers: " + run.complaints;
    if (run.code == 0 && run.answers.size() == lines) return;
    if (run.code != 5) throw std::runtime_error(how);
    // The line on a new ledger is no word about what went wrong.
    if (run.complaints.find("certledger: error: ") == std::string::npos)
        throw std::runtime_error("without a word: " + how);
}

}  // namespace

FailedRun run_exec(const std::filesystem::path& ledger, const std::vector<Breath>& work,
                   const ProbeOptions& probe) {
    FailedRun run;
    Program program({"--ledger", ledger.string(), "--actor", "ada", "exec"}, probe);
    converse(program, work, run.answers);
    run.code = program.wait();
    run.complaints = program.complaints();
    return run;
}

bool require_honest(const std::filesystem::path& ledger, const std::vector<Breath>& work,
                    const FailedRun& run, const std::vector<Answered>& sound) {
    const auto lines = lines_of(work);
    require_right_end(run, lines.size());
    History history;
    bool there_but_unknown = false;
    if (log_end(ledger) > 0) {
        history = read_history(ledger, run.answers);
        for (std::size_t i = run.answers.size(); i < lines.size(); ++i) {
            const std::string id = OrderedJson::parse(lines[i]).at("id").get<std::string>();
            if (std::find(history.commands.begin(), history.commands.end(), id) == history.commands.end())
                continue;
            there_but_unknown = true;
            if (run.complaints.find("the outcome is unknown") == std::string::npos)
                throw std::runtime_error("there, but not answered: " + lines[i] + ", " + run.complaints);
        }
        const Verdict verdict = judge(ledger, history, {run.answers.size(), {}, false});
        if (!verdict.complaint.empty())
            throw std::runtime_error(verdict.complaint + "; it had said: " + run.complaints);
    } else if (!run.answers.empty()) {
        throw std::runtime_error("there is no log any more");
    }
    const auto again = give(ledger, lines);
    if (again.size() != sound.size()) throw std::runtime_error("the work cannot be given again");
    for (std::size_t i = 0; i < again.size(); ++i) {
        const auto said = OrderedJson::parse(again[i]);
        const auto expected = OrderedJson::parse(sound[i].answer);
        if (said.at("ok") != expected.at("ok"))
            throw std::runtime_error("given again: " + again[i] + ", must be like " + sound[i].answer);
    }
    return there_but_unknown;
}

}  // namespace certledger::durability
