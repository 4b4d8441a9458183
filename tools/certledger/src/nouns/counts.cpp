#include "context.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"

namespace certledger::cli {
namespace {

struct CountsInput {
    bool by_month = false;
    Display display;
};

Result<int> counts(Context& context, const CountsInput& in) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto counts = moment->counts(context.account(), in.by_month);
    if (context.out().json()) {
        context.out().document(view_json(counts));
        return exit_done;
    }
    print_view(context.out(), projections::count_columns(), counts.items, in.display.layout(),
               "no certificates");
    return exit_done;
}

}  // namespace

void describe_counts(Command& noun) {
    auto in = std::make_shared<CountsInput>();
    noun.flag("--by-month", "Also by the month of creation", in->by_month);
    describe_display(noun, in->display);
    noun.note("How many certificates stand where. Kept, not counted: it takes no longer for millions.");
    noun.example("certledger counts");
    noun.example("certledger counts --by-month --csv");
    noun.query([in](Context& context) { return counts(context, *in); });
}

}  // namespace certledger::cli
