#include <algorithm>

#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

projections::OnProgress shown_as(Output& out, const char* label) {
    return [&out, label](projections::Position done, projections::Position whole) {
        out.progress(label, done, whole);
    };
}

Result<projections::Views*> views(Context& context) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    return (*ledger)->views();
}

/// What `rebuild` can be asked for. All of them are read from the same rows, which are made anew together.
const std::vector<std::string> kViews{"list",        "progress", "refunds", "quotas", "calendar",
                                      "deployments", "evidence", "history", "watch",  "counts"};

Result<int> status(Context& context) {
    auto opened = views(context);
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    const auto status = (*opened)->status();
    if (context.out().json()) {
        context.out().document(view_json(status));
        return exit_done;
    }
    const bool behind = status.checkpoint < status.head;
    std::vector<std::pair<std::string, Cell>> facts{
        {"checkpoint",
         {std::to_string(status.checkpoint) + " of " + std::to_string(status.head),
          behind ? Style::warn : Style::good}},
        {"certificates", {std::to_string(status.certificates)}},
        {"quotas", {std::to_string(status.quotas)}},
        {"broken", {std::to_string(status.broken), status.broken > 0 ? Style::bad : Style::plain}},
        {"schema", {status.schema}}};
    if (status.stopped) facts.emplace_back("stopped", Cell{status.stopped->message, Style::bad});
    print_facts(context.out(), facts);
    return exit_done;
}

Result<int> rebuild(Context& context) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    auto opened = (*ledger)->views_to_rebuild();
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    const auto position = (*opened)->rebuild(shown_as(context.out(), "rebuilding"));
    if (!position) return tl::make_unexpected(position.error());
    if (context.out().json()) {
        OrderedJson document;
        document["checkpoint"] = *position;
        context.out().document(document);
    } else {
        context.out().line("rebuilt from " + std::to_string(*position) + " records");
    }
    return exit_done;
}

Result<int> verify(Context& context) {
    auto opened = views(context);
    if (!opened) return tl::make_unexpected(std::move(opened.error()));
    const auto verified = (*opened)->verify(shown_as(context.out(), "verifying"));
    if (!verified) return tl::make_unexpected(verified.error());
    if (context.out().json()) {
        OrderedJson document;
        document["ok"] = verified->equal();
        document["position"] = verified->position;
        document["rows"] = verified->rows;
        document["differing"] = verified->differing;
        document["differences"] = verified->differences;
        context.out().document(document);
    } else {
        for (const auto& difference : verified->differences) context.out().line(difference);
        context.out().line(std::to_string(verified->rows) + " rows compared with a fold of " +
                           std::to_string(verified->position) + " records: " +
                           (verified->equal() ? "equal" : std::to_string(verified->differing) + " differ"));
    }
    return verified->equal() ? exit_done : exit_damaged;
}

}  // namespace

void describe_views(Command& noun) {
    Command status_verb = noun.verb("status", "How far the views have come");
    status_verb.example("certledger views status");
    status_verb.run(status);
    Command rebuild_verb = noun.verb("rebuild", "Make the views anew from the log, beside the live ones");
    rebuild_verb
        .argument("NAME", "A view (default: all)",
                  [](const std::string& text) {
                      const bool known = std::find(kViews.begin(), kViews.end(), text) != kViews.end();
                      return known ? std::string() : one_of(kViews);
                  })
        .choices(kViews);
    rebuild_verb.note(
        "Views share their rows: to make one anew is to make all anew. Queries and commands go on meanwhile; "
        "the new rows take the place of the old ones in one step.");
    rebuild_verb.example("certledger views rebuild");
    rebuild_verb.example("certledger views rebuild list");
    rebuild_verb.run(rebuild);
    Command verify_verb = noun.verb("verify", "Compare every view with a fresh fold of the log");
    verify_verb.example("certledger views verify");
    verify_verb.run(verify);
}

}  // namespace certledger::cli
