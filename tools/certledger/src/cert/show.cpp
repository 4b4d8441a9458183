#include <certledger/projections/views.hpp>

#include "cert/verbs.hpp"
#include "output/view_json.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using Facts = std::vector<std::pair<std::string, Cell>>;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

void add_validity(Facts& facts, const projections::ListItem& item) {
    if (item.not_before) facts.emplace_back("not before", Cell{shown(*item.not_before)});
    if (item.not_after) {
        std::string text = shown(*item.not_after);
        if (item.days_left) text += "  (" + std::to_string(*item.days_left) + " days left)";
        facts.emplace_back("not after",
                           Cell{text, item.days_left && *item.days_left <= 30 ? Style::warn : Style::plain});
    }
    if (item.serial) facts.emplace_back("serial", Cell{*item.serial});
    if (item.sha256) facts.emplace_back("sha256", Cell{events::to_hex(*item.sha256)});
}

void add_evidence(Facts& facts, const projections::Evidence& evidence) {
    for (const auto& entry : evidence.items) {
        std::string text = entry.name;
        if (entry.method) text += " by " + std::string(to_name(*entry.method));
        if (entry.succeeded && entry.at)
            text += (*entry.succeeded ? ": proven " : ": failed ") + shown(*entry.at);
        if (!entry.succeeded) text += ": no result yet";
        if (entry.cause) text += " (" + *entry.cause + ")";
        if (entry.reusable_until) text += ", reusable until " + shown_date(*entry.reusable_until);
        const bool failed = entry.succeeded && !*entry.succeeded;
        facts.emplace_back("validation", Cell{text, failed ? Style::bad : Style::plain});
    }
}

Facts facts_of(const projections::Moment& moment, const events::AccountId& account,
               const projections::ListItem& item) {
    Facts facts{{"certificate", {item.certificate.value, Style::strong}},
                {"names", {joined(item.names_unicode)}},
                {"status", status_cell(item.status)}};
    if (item.names != item.names_unicode) facts.emplace_back("in the DNS", Cell{joined(item.names)});
    std::string flags;
    for (const auto flag : item.flags) flags += (flags.empty() ? "" : ", ") + std::string(to_name(flag));
    if (!flags.empty()) facts.emplace_back("flags", Cell{flags, Style::warn});
    if (item.brand && item.level && item.kind) {
        facts.emplace_back("product", Cell{*item.brand + " " + std::string(to_name(*item.level)) + " " +
                                           std::string(to_name(*item.kind))});
    }
    facts.emplace_back("created", Cell{shown(item.created_at)});
    add_validity(facts, item);
    if (!item.targets.empty()) facts.emplace_back("deployed", Cell{joined(item.targets)});
    if (item.predecessor) facts.emplace_back("renews", Cell{item.predecessor->value});
    if (item.successor) facts.emplace_back("renewed by", Cell{item.successor->value});
    if (const auto evidence = moment.evidence(account, item.certificate)) add_evidence(facts, *evidence);
    if (const auto refund = moment.refund(account, item.certificate)) {
        std::string text(to_name(refund->state));
        if (refund->amount) text += ", " + events::to_string(*refund->amount);
        if (refund->eligible_until && !refund->decided_at)
            text += ", until " + shown(*refund->eligible_until);
        facts.emplace_back("refund", Cell{text});
    }
    return facts;
}

Result<int> show(Context& context, const std::string& text) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto item = context.found(moment->certificate(context.account(), *id), "certificate " + id->value);
    if (!item) return tl::make_unexpected(std::move(item.error()));
    if (context.out().json()) {
        context.out().document(view_json(*item));
        return exit_done;
    }
    print_facts(context.out(), facts_of(*moment, context.account(), *item));
    return exit_done;
}

}  // namespace

void describe_cert_show(Command& verb) {
    auto certificate = std::make_shared<std::string>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*certificate)).required();
    verb.example("certledger cert show example.com");
    verb.example("certledger --as-of 2026-10-01T00:00:00Z cert show example.com --json");
    verb.query([certificate](Context& context) { return show(context, *certificate); });
}

}  // namespace certledger::cli
