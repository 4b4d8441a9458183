#include <certledger/projections/views.hpp>

#include "cert/selection.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using projections::ListItem;

/// A terminal is no place for more rows than this unless they are asked for.
constexpr std::size_t kRowsOnTerminal = 200;

enum class Layout { table, card };

struct ListInput {
    projections::ListQuery query;
    std::optional<projections::ListSort> sort;
    std::optional<std::int64_t> limit;
    Layout layout = Layout::table;
    bool csv = false;
};

template <class E>
std::string name_of_value(const std::optional<E>& value) {
    return value ? std::string(to_name(*value)) : std::string();
}

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

std::string flags_text(const ListItem& item) {
    std::vector<std::string> names;
    for (const auto flag : item.flags) names.emplace_back(to_name(flag));
    return joined(names);
}

Table as_table(const std::vector<ListItem>& items) {
    Table table({{"CERTIFICATE", false, true},
                 {"NAMES", false, false, 14},
                 {"STATUS", false, true},
                 {"NOT AFTER", false, true, 0, 1},
                 {"DAYS", true, true, 0, 2},
                 {"FLAGS", false, false, 8, 3},
                 {"PRODUCT", false, false, 10, 5},
                 {"TARGETS", false, false, 10, 6},
                 {"CREATED", false, true, 0, 4}});
    for (const auto& item : items) {
        const bool soon = item.days_left && *item.days_left <= 30 && item.status == events::Status::issued;
        std::string product = item.brand.value_or("");
        if (item.level) product += " " + std::string(to_name(*item.level)) + " " + name_of_value(item.kind);
        table.add({{item.certificate.value},
                   {joined(item.names_unicode), Style::strong},
                   status_cell(item.status),
                   {item.not_after ? shown_date(*item.not_after) : std::string()},
                   {item.days_left ? std::to_string(*item.days_left) : std::string(),
                    soon ? Style::warn : Style::plain},
                   {flags_text(item), Style::accent},
                   {product},
                   {joined(item.targets)},
                   {shown_date(item.created_at)}});
    }
    return table;
}

/// Cards and CSV say everything; the first cell is the title of a card.
Table in_full(const std::vector<ListItem>& items, bool csv) {
    std::vector<Column> columns;
    for (const char* title :
         {"names", "certificate", "status", "flags", "brand", "level", "kind", "not_before", "not_after",
          "days_left", "serial", "sha256", "targets", "predecessor", "successor", "created_at"}) {
        columns.push_back({title});
    }
    Table table(columns);
    for (const auto& item : items) {
        const auto time = [](const std::optional<events::Instant>& at) {
            return at ? events::to_string(*at) : std::string();
        };
        table.add({{joined(csv ? item.names : item.names_unicode)},
                   {item.certificate.value},
                   csv ? Cell{std::string(to_name(item.status))} : status_cell(item.status),
                   {flags_text(item), Style::accent},
                   {item.brand.value_or("")},
                   {name_of_value(item.level)},
                   {name_of_value(item.kind)},
                   {time(item.not_before)},
                   {time(item.not_after)},
                   {item.days_left ? std::to_string(*item.days_left) : std::string()},
                   {item.serial.value_or("")},
                   {item.sha256 ? events::to_hex(*item.sha256) : std::string()},
                   {joined(item.targets)},
                   {item.predecessor ? item.predecessor->value : std::string()},
                   {item.successor ? item.successor->value : std::string()},
                   {events::to_string(item.created_at)}});
    }
    return table;
}

Result<int> list(Context& context, const ListInput& in) {
    Output& out = context.out();
    projections::ListQuery query = in.query;
    if (in.sort) query.sort = *in.sort;
    if (in.limit) query.limit = static_cast<std::size_t>(*in.limit);
    const bool for_eyes = !out.json() && !in.csv && out.width() != kUnlimited;
    if (!query.limit && for_eyes) query.limit = kRowsOnTerminal;
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto page = moment->list(context.account(), query);
    if (!page) return tl::make_unexpected(std::move(page.error()));
    if (out.json()) {
        out.document(view_json(*page));
        return exit_done;
    }
    if (in.csv) {
        in_full(page->items, true).print_csv(out);
    } else if (page->items.empty()) {
        out.note("no certificates");
    } else if (in.layout == Layout::card) {
        in_full(page->items, false).print_cards(out);
    } else {
        as_table(page->items).print(out);
    }
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
    noun.option("--layout", "LAYOUT", "How to print them",
                [in](const std::string& text) -> std::string {
                    if (text != "table" && text != "card") return one_of({"table", "card"});
                    in->layout = text == "card" ? Layout::card : Layout::table;
                    return {};
                })
        .choices({"table", "card"});
    noun.flag("--csv", "Every field as CSV (RFC 4180)", in->csv);
    noun.example(
        "certledger list --status issued --expiring-within 30d --sort not-after --limit 50 --layout card");
    noun.example("certledger list --domain '*.example.com' --json");
    noun.example("certledger --as-of 2026-10-01T00:00:00Z list");
    noun.run([in](Context& context) { return list(context, *in); });
}

}  // namespace certledger::cli
