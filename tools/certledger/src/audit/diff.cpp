#include <certledger/tools/audit/diff.hpp>

#include "args/values.hpp"
#include "audit/verbs.hpp"
#include "output/table.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

struct DiffInput {
    std::optional<PointInLog> from;
    std::optional<PointInLog> to;
};

projections::AsOf as_of(const PointInLog& point) {
    if (point.position) return projections::AsOf(*point.position);
    return projections::AsOf(*point.time);
}

OrderedJson item_json(const audit::ChangedStream& item) {
    OrderedJson object;
    object["stream"] = item.stream;
    if (item.certificate) object["certificate"] = *item.certificate;
    if (item.quota) object["quota"] = *item.quota;
    object["account"] = item.account;
    object["records"] = item.records;
    object["changes"] = OrderedJson::array();
    for (const auto& change : item.changes) {
        OrderedJson row;
        row["field"] = change.field;
        row["before"] = change.before;
        row["after"] = change.after;
        object["changes"].push_back(std::move(row));
    }
    return object;
}

/// A value as a cell shows it: words without quotes, lists with commas, nothing for null.
std::string cell_text(const OrderedJson& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump();
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : ", ") + cell_text(element);
    return text;
}

void print_diff(Output& out, const audit::Diff& diff) {
    Table table({{"STREAM", false, true},
                 {"FIELD", false, false, 10},
                 {"BEFORE", false, false, 10, 1},
                 {"AFTER", false, false, 10}});
    for (const auto& item : diff.items) {
        bool first = true;
        for (const auto& change : item.changes) {
            // What is new has empty fields too; a table need not say so.
            const std::string before = cell_text(change.before);
            const std::string after = cell_text(change.after);
            if (before.empty() && after.empty()) continue;
            table.add({{first ? item.stream : "", Style::strong}, {change.field}, {before}, {after}});
            first = false;
        }
    }
    if (!table.empty()) table.print(out);
    out.note(std::to_string(diff.items.size()) + " streams changed between positions " +
             std::to_string(diff.from) + " and " + std::to_string(diff.to));
}

Result<int> diff(Context& context, const DiffInput& in) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto found =
        audit::diff(**ledger, as_of(*in.from), in.to ? std::optional(as_of(*in.to)) : std::nullopt);
    if (!found) return tl::make_unexpected(found.error());
    Output& out = context.out();
    if (!out.json()) {
        print_diff(out, *found);
        return exit_done;
    }
    OrderedJson document;
    document["from"] = found->from;
    document["to"] = found->to;
    document["items"] = OrderedJson::array();
    for (const auto& item : found->items) document["items"].push_back(item_json(item));
    out.document(document);
    return exit_done;
}

}  // namespace

void describe_audit_diff(Command& verb) {
    auto in = std::make_shared<DiffInput>();
    verb.option("--from", "POINT", "A position or a recorded time", into(in->from)).required();
    verb.option("--to", "POINT", "The later one (default: the head)", into(in->to));
    verb.note("Shown are the streams of every account that records between the two points are about.");
    verb.note(
        "Each side is seen at its own time. What a stream is only by the clock, such as days left, is left "
        "out.");
    verb.example("certledger audit diff --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z");
    verb.example("certledger audit diff --from 100 --json");
    verb.run([in](Context& context) { return diff(context, *in); });
}

}  // namespace certledger::cli
