#include <algorithm>

#include "args/values.hpp"
#include "cert/explain.hpp"
#include "cert/verbs.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using projections::RefundStanding;

Cell standing_cell(RefundStanding standing) {
    const std::string name(to_name(standing));
    switch (standing) {
        case RefundStanding::eligible:
            return {name, Style::accent};
        case RefundStanding::granted:
            return {name, Style::warn};
        case RefundStanding::paid:
            return {name, Style::good};
        case RefundStanding::none:
        case RefundStanding::closed:
        case RefundStanding::declined:
            return {name, Style::faint};
    }
    return {name};
}

struct ListInput {
    projections::RefundsQuery query;
    Display display;
};

Result<int> list(Context& context, const ListInput& in) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto refunds = moment->refunds(context.account(), in.query);
    if (!refunds) return tl::make_unexpected(std::move(refunds.error()));
    Output& out = context.out();
    if (out.json()) {
        out.document(view_json(*refunds));
        return exit_done;
    }
    print_view(out, projections::refund_columns(), refunds->items, in.display.layout(), "no refunds");
    if (in.display.csv) return exit_done;
    for (const auto& total : refunds->totals) out.line("granted or paid in all: " + total.amount);
    if (refunds->next) out.note("more: --cursor " + *refunds->next);
    return exit_done;
}

void policy_facts(std::vector<std::pair<std::string, Cell>>& facts, const projections::Refund& refund) {
    if (refund.policy) {
        facts.emplace_back("policy",
                           Cell{refund.policy->id + ", version " + std::to_string(refund.policy->version)});
    }
    if (!refund.inputs) return;
    const auto inputs = view_json(*refund.inputs);
    for (const auto& [name, value] : inputs.items()) {
        if (value.is_null()) continue;
        facts.emplace_back("  " + name, Cell{value.is_string() ? value.get<std::string>() : value.dump()});
    }
}

Result<int> show(Context& context, const std::string& text) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto refund = context.found(moment->refund(context.account(), *id), "certificate " + id->value);
    if (!refund) return tl::make_unexpected(std::move(refund.error()));
    if (context.out().json()) {
        context.out().document(view_json(*refund));
        return exit_done;
    }
    std::vector<std::pair<std::string, Cell>> facts{
        {"certificate", {refund->certificate.value, Style::strong}}, {"state", standing_cell(refund->state)}};
    if (refund->amount) facts.emplace_back("amount", Cell{events::to_string(*refund->amount)});
    if (refund->eligible_until) facts.emplace_back("eligible until", Cell{shown(*refund->eligible_until)});
    if (refund->decided_at) facts.emplace_back("decided", Cell{shown(*refund->decided_at)});
    if (refund->reason) facts.emplace_back("reason", Cell{std::string(to_name(*refund->reason))});
    if (refund->paid_at) facts.emplace_back("paid", Cell{shown(*refund->paid_at)});
    if (refund->reference) facts.emplace_back("reference", Cell{*refund->reference});
    if (const std::string why = refund_text(*refund); !why.empty()) facts.emplace_back("why", Cell{why});
    policy_facts(facts, *refund);
    facts.emplace_back("other rules", Cell{"certledger audit what-if --policy FILE"});
    print_facts(context.out(), facts);
    return exit_done;
}

struct TotalsInput {
    std::vector<std::string> by;
    bool all_accounts = false;
    Display display;
};

Result<int> totals(Context& context, const TotalsInput& in) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    projections::TotalsBy by;
    by.month = std::count(in.by.begin(), in.by.end(), "month") > 0;
    by.account = std::count(in.by.begin(), in.by.end(), "account") > 0;
    const auto account = in.all_accounts ? std::nullopt : std::optional(context.account());
    const auto totals = moment->refund_totals(account, by);
    Output& out = context.out();
    if (out.json()) {
        events::json::OrderedJson document;
        document["totals"] = view_json(totals);
        out.document(document);
        return exit_done;
    }
    print_view(out, projections::total_columns(), totals, in.display.layout(), "no refunds");
    return exit_done;
}

void describe_refund_list(Command& command, ListInput& in) {
    projections::RefundsQuery& query = in.query;
    command.choice<RefundStanding>("--state", "Only these", query.state);
    command.option("--limit", "N", "At most so many", [&query](const std::string& text) -> std::string {
        std::optional<std::int64_t> value;
        const std::string fault = into(value, 1)(text);
        if (value) query.limit = static_cast<std::size_t>(*value);
        return fault;
    });
    command.option("--cursor", "CURSOR", "Where the page before ended", into(query.cursor));
    describe_display(command, in.display);
}

}  // namespace

void describe_refunds(Command& noun) {
    auto bare = std::make_shared<ListInput>();
    describe_refund_list(noun, *bare);
    noun.example("certledger refunds");
    noun.example("certledger refunds totals --by month --json");
    noun.query([bare](Context& context) { return list(context, *bare); });

    auto query = std::make_shared<ListInput>();
    Command list_verb =
        noun.verb("list", "Refunds per certificate: eligible until, decided, amount, why, paid");
    describe_refund_list(list_verb, *query);
    list_verb.example("certledger refunds list --state granted");
    list_verb.query([query](Context& context) { return list(context, *query); });

    auto certificate = std::make_shared<std::string>();
    Command show_verb = noun.verb("show", "One refund with the rule and the arithmetic behind it");
    show_verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*certificate)).required();
    show_verb.example("certledger refunds show example.com");
    show_verb.query([certificate](Context& context) { return show(context, *certificate); });

    Command pay_verb = noun.verb("pay", "Report that a granted refund was paid");
    describe_refund_pay(pay_verb);

    auto in = std::make_shared<TotalsInput>();
    Command totals_verb =
        noun.verb("totals", "What was granted or paid, quota refunds included, per currency");
    const std::vector<std::string> splits{"month", "account", "currency"};
    totals_verb
        .option("--by", "SPLIT", "Also split by this; may be given more than once",
                [in, splits](const std::string& text) -> std::string {
                    if (std::count(splits.begin(), splits.end(), text) == 0) return one_of(splits);
                    in->by.push_back(text);
                    return {};
                })
        .many()
        .choices(splits);
    totals_verb.flag("--all-accounts", "Of every account of the ledger", in->all_accounts);
    describe_display(totals_verb, in->display);
    totals_verb.example("certledger refunds totals --by month --json");
    totals_verb.query([in](Context& context) { return totals(context, *in); });
}

}  // namespace certledger::cli
