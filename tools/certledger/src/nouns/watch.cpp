#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

Result<int> watch(Context& context) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto watch = moment->watch(context.account());
    Output& out = context.out();
    if (out.json()) {
        out.document(view_json(watch));
        return exit_done;
    }
    if (watch.items.empty()) {
        out.line("nothing is overdue");
        return exit_done;
    }
    Table table({{"CERTIFICATE", false, true},
                 {"MISSING", false, false, 16},
                 {"DUE", false, true, 0, 1},
                 {"OVERDUE", true, true}});
    for (const auto& item : watch.items) {
        table.add({{item.certificate.value},
                   {std::string(events::to_name(item.event)), Style::warn},
                   {shown(item.by)},
                   {shown_duration(item.overdue_seconds)}});
    }
    table.print(out);
    return exit_done;
}

}  // namespace

void describe_watch(Command& noun) {
    noun.note("The longest overdue first. `certledger tick` makes the events that only time was needed for.");
    noun.example("certledger watch");
    noun.example("certledger watch --json | jq -r '.items[].certificate'");
    noun.run(watch);
}

}  // namespace certledger::cli
