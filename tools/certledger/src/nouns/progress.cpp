#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using projections::StepState;

Style style_of(StepState state) {
    switch (state) {
        case StepState::done:
            return Style::good;
        case StepState::current:
            return Style::accent;
        case StepState::failed:
            return Style::bad;
        case StepState::waiting:
        case StepState::skipped:
            return Style::faint;
    }
    return Style::plain;
}

Cell what_next(const projections::ProgressStep& step) {
    std::string text = step.cause.value_or("");
    if (!step.expected) return {text};
    const auto& expected = *step.expected;
    text += (text.empty() ? "" : "; ") + std::string(to_name(expected.event)) + " from the " +
            std::string(to_name(expected.from));
    if (expected.by) text += " by " + shown(*expected.by);
    if (expected.overdue) text += " (overdue)";
    return {text, expected.overdue ? Style::warn : Style::plain};
}

Result<int> progress(Context& context, const std::string& text) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto progress = context.found(moment->progress(context.account(), *id), "certificate " + id->value);
    if (!progress) return tl::make_unexpected(std::move(progress.error()));
    Output& out = context.out();
    if (out.json()) {
        out.document(view_json(*progress));
        return exit_done;
    }
    const Cell status = status_cell(progress->status);
    out.line(out.paint(Style::strong, progress->certificate.value) + "  " +
             out.paint(status.style, status.text));
    out.line();
    Table table({{"STATE", false, true},
                 {"STEP", false, true},
                 {"NAME", false, false, 12, 1, true},
                 {"AT", false, true, 0, 2},
                 {"CAUSE, OR WHAT COMES NEXT", false, false, 16, 0, true}});
    for (const auto& step : progress->steps) {
        table.add({{std::string(to_name(step.state)), style_of(step.state)},
                   {std::string(to_name(step.step))},
                   {step.name.value_or("")},
                   {step.at ? shown(*step.at) : std::string()},
                   what_next(step)});
    }
    table.print(out);
    return exit_done;
}

}  // namespace

void describe_progress(Command& noun) {
    auto certificate = std::make_shared<std::string>();
    noun.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*certificate)).required();
    noun.note("Every step with its state, time and cause, and what is expected next, from whom, by when.");
    noun.example("certledger cert progress example.com");
    noun.example("certledger progress example.com --as-at 2026-10-01T00:00:00Z --json");
    noun.query([certificate](Context& context) { return progress(context, *certificate); });
}

}  // namespace certledger::cli
