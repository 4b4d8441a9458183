#include "args/values.hpp"
#include "context.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"

namespace certledger::cli {
namespace {

struct CalendarInput {
    projections::CalendarQuery query;
    std::optional<std::int64_t> within_seconds;
    Display display;
};

Result<int> calendar(Context& context, const CalendarInput& in) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    projections::CalendarQuery query = in.query;
    if (in.within_seconds) {
        query.from = std::max(query.from.value_or(moment->clock()), moment->clock());
        const auto end = moment->clock().plus_seconds(*in.within_seconds);
        query.until = std::min(query.until.value_or(end), end);
    }
    const auto calendar = moment->calendar(context.account(), query);
    if (context.out().json()) {
        context.out().document(view_json(calendar));
        return exit_done;
    }
    print_view(context.out(), projections::calendar_columns(), calendar.items, in.display.layout(),
               "nothing ends in that time");
    return exit_done;
}

}  // namespace

void describe_calendar(Command& noun) {
    auto in = std::make_shared<CalendarInput>();
    noun.option("--from", "TIME", "Ends at or after", into(in->query.from));
    noun.option("--until", "TIME", "Ends at or before", into(in->query.until));
    noun.option("--within", "DURATION", "Ends between now and then (30d, 12h, 1y)",
                into_duration(in->within_seconds));
    describe_display(noun, in->display);
    noun.note("Issued certificates by their end, with the renewal window and the next notice before it.");
    noun.example("certledger calendar --within 90d");
    noun.example("certledger calendar --from 2026-10-01T00:00:00Z --until 2026-12-31T23:59:59Z --csv");
    noun.query([in](Context& context) { return calendar(context, *in); });
}

}  // namespace certledger::cli
