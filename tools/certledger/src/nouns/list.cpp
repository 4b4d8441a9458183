#include <certledger/projections/views.hpp>

#include "cert/selection.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

/// A terminal is no place for more rows than this unless they are asked for.
constexpr std::size_t kRowsOnTerminal = 200;

struct ListInput {
    projections::ListQuery query;
    std::optional<projections::ListSort> sort;
    std::optional<std::int64_t> limit;
    Display display;
};

Result<int> list(Context& context, const ListInput& in) {
    Output& out = context.out();
    projections::ListQuery query = in.query;
    if (in.sort) query.sort = *in.sort;
    if (in.limit) query.limit = static_cast<std::size_t>(*in.limit);
    const bool for_eyes = !out.json() && !in.display.csv && out.width() != kUnlimited;
    if (!query.limit && for_eyes) query.limit = kRowsOnTerminal;
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto page = moment->list(context.account(), query);
    if (!page) return tl::make_unexpected(std::move(page.error()));
    if (out.json()) {
        out.document(view_json(*page));
        return exit_done;
    }
    print_view(out, projections::list_columns(), page->items, in.display.layout(), "no certificates");
    if (page->next) out.note("more: add --cursor " + *page->next);
    return exit_done;
}

}  // namespace

void describe_list(Command& noun) {
    auto in = std::make_shared<ListInput>();
    describe_selection(noun, in->query);
    noun.choice<projections::ListSort>("--sort", "Order (default: created)", in->sort);
    noun.flag("--descending", "The other way round", in->query.descending);
    noun.option("--limit", "N", "At most so many", into(in->limit, 1));
    noun.option("--cursor", "CURSOR", "Where the page before ended", into(in->query.cursor));
    describe_display(noun, in->display);
    noun.example(
        "certledger list --status issued --expiring-within 30d --sort not-after --limit 50 --layout card");
    noun.example("certledger list --domain '*.example.com' --json");
    noun.example("certledger --as-of 2026-10-01T00:00:00Z list");
    noun.query([in](Context& context) { return list(context, *in); });
}

}  // namespace certledger::cli
