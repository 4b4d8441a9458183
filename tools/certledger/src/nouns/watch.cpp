#include "context.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"

namespace certledger::cli {
namespace {

Result<int> watch(Context& context, const Display& display) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto watch = moment->watch(context.account());
    Output& out = context.out();
    if (out.json()) {
        out.document(view_json(watch));
        return exit_done;
    }
    print_view(out, projections::watch_columns(), watch.items, display.layout(), "nothing is overdue");
    return exit_done;
}

}  // namespace

void describe_watch(Command& noun) {
    auto display = std::make_shared<Display>();
    describe_display(noun, *display);
    noun.note("The longest overdue first. `certledger tick` makes the events that only time was needed for.");
    noun.example("certledger watch");
    noun.example("certledger watch --json | jq -r '.items[].certificate'");
    noun.query([display](Context& context) { return watch(context, *display); });
}

}  // namespace certledger::cli
