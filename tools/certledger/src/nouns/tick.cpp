#include <certledger/tools/engine/tick.hpp>

#include "args/values.hpp"
#include "nouns/nouns.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

Result<int> tick(Context& context, const std::optional<events::Instant>& until) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    engine::TickOptions options;
    options.until = until.value_or((*ledger)->command_now());
    options.actor = context.globals().actor;
    auto report = engine::tick(**ledger, options);
    if (!report) return tl::make_unexpected(std::move(report.error()));
    Output& out = context.out();
    if (out.json()) {
        events::json::OrderedJson document;
        document["until"] = events::to_string(options.until);
        document["events"] = events::json::OrderedJson::array();
        for (const auto& answer : report->answers) {
            const auto made = answer_json(answer);
            if (!answer.ok) continue;
            for (const auto& event : made["events"]) document["events"].push_back(event);
        }
        out.document(document);
        return exit_done;
    }
    Table table({{"POSITION", true, true}, {"EVENT", false, true}, {"STREAM", false, true}});
    for (const auto& answer : report->answers) {
        for (const auto& event : answer.events) {
            table.add({{std::to_string(event.position)},
                       {std::string(events::to_name(event.type))},
                       {event.stream.value}});
        }
    }
    if (table.empty()) {
        out.line("nothing was due up to " + shown(options.until));
    } else {
        table.print(out);
    }
    return exit_done;
}

}  // namespace

void describe_tick(Command& noun) {
    auto until = std::make_shared<std::optional<events::Instant>>();
    noun.option("--until", "TIME", "Everything due up to here (default: now)", into(*until));
    noun.note("Notices that were missed are made with the instant at which they were due.");
    noun.example("certledger tick");
    noun.example("certledger --ledger ./trial tick --until 2027-01-01T00:00:00Z",
                 "on a ledger with simulated time");
    noun.run([until](Context& context) { return tick(context, *until); });
}

}  // namespace certledger::cli
