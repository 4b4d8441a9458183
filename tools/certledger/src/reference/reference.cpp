#include "reference/reference.hpp"

#include <certledger/domain/commands.hpp>
#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/domain/policies/book.hpp>
#include <certledger/events/events.hpp>
#include <certledger/events/json/archive.hpp>
#include <certledger/events/refusal_code.hpp>

#include <map>

namespace certledger::cli {
namespace {

using events::to_name;

std::string anchor(std::string_view name) { return "`" + std::string(name) + "`"; }

template <class Variant, class Visit>
void each_alternative(const Visit& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (visit(std::variant_alternative_t<I, Variant>{}), ...);
    }
    (std::make_index_sequence<std::variant_size_v<Variant>>{});
}

/// From which statuses an event may follow, and to which it leads.
std::string transitions_text(events::EventType type) {
    std::map<events::Status, std::string> by_target;
    std::string same;
    for (const auto& row : lifecycle::transitions()) {
        if (row.event != type) continue;
        const std::string from = row.from ? std::string(to_name(*row.from)) : "nothing";
        std::string& list = row.from == row.to ? same : by_target[row.to];
        list += (list.empty() ? "" : ", ") + from;
    }
    std::string text = same.empty() ? "" : "in " + same;
    for (const auto& [target, from] : by_target) {
        text += (text.empty() ? "" : "; ") + ("from " + from + " to " + std::string(to_name(target)));
    }
    return text;
}

}  // namespace

void add_fields(std::string& page, const std::vector<Field>& fields, const std::string& always) {
    if (fields.empty()) {
        page += "No fields.\n\n";
        return;
    }
    const bool third = !always.empty();
    page += third ? "| field | type | |\n| --- | --- | --- |\n" : "| field | type |\n| --- | --- |\n";
    for (const auto& field : fields) {
        page += "| " + anchor(field.name) + " | " + field.type + " |";
        if (third) page += field.optional ? " |" : " " + always + " |";
        page += "\n";
    }
    page += "\n";
}

void add_commands(std::string& page) {
    page +=
        "## Commands\n\n"
        "`certledger exec` takes one a line as a JSON object; the command line and the worker give the same "
        "ones. Beside its own\nfields each takes `id` (needed; 1 to 128 printable ASCII characters), "
        "`command` "
        "(needed), `account`, `actor`,\n`occurred_at`, `correlation` and `expected_version`. Unknown fields "
        "are "
        "refused.\n\n";
    each_alternative<domain::CommandVariant>([&]([[maybe_unused]] auto command) {
        using Command = decltype(command);
        if (!domain::from_outside(Command::kType)) return;
        page +=
            "### " + std::string(to_name(Command::kType)) + "\n\n" + std::string(Command::kSummary) + "\n\n";
        add_fields(page, fields_of<Command>(), "needed");
    });
}

void add_refusals(std::string& page) {
    page +=
        "## Refusal codes\n\n"
        "A refused command changes nothing. The refusal says the code, a message, the field where it is "
        "about "
        "one, the status, and\nwhat status and flags allow now. It is recorded on the companion stream "
        "`rejection-…`, except `invalid-field` and\n`command-id-reused`.\n\n"
        "| code | meaning |\n| --- | --- |\n";
    for (const auto& entry : events::EnumTraits<events::RefusalCode>::entries) {
        page += "| " + anchor(entry.name) + " | " + std::string(events::meaning(entry.value)) + " |\n";
    }
    page += "\n";
}

void add_events(std::string& page) {
    page +=
        "## Events\n\n"
        "What stands under `data` in a recorded event, and in which status of a certificate it may follow "
        "(`certledger machine`\nprints the same table). The octets are in FORMAT.md.\n\n";
    each_alternative<events::EventVariant>([&]([[maybe_unused]] auto event) {
        using Event = decltype(event);
        page += "### " + std::string(to_name(Event::kType)) + "\n\n";
        if (const std::string moves = transitions_text(Event::kType); !moves.empty()) {
            page += "Follows " + moves + ".\n\n";
        }
        add_fields(page, fields_of<Event>(), "always");
    });
}

void add_policies(std::string& page) {
    page +=
        "## Policies\n\n"
        "Dated rules, adopted by an event; every new ledger begins with these. A policy is an object with "
        "`kind`,\n`effective_from` and the terms of its kind. The version in force is the one with the "
        "latest "
        "`effective_from` that is\nnot after the instant decided about; an account's own beats the "
        "ledger's.\n\n";
    for (const auto& policy : policies::default_policies()) {
        page += "### " + std::string(to_name(policy.kind())) + "\n\n";
        std::visit([&](const auto& terms) { add_fields(page, fields_of(terms), "needed"); }, policy.terms);
        page += "Default:\n\n```json\n" + events::json::to_json_object(policy).dump() + "\n```\n\n";
    }
}

std::string reference_page() {
    std::string page =
        "# Reference\n\n"
        "Written by `certledger reference`, from the descriptions that the program works by; a test "
        "compares. "
        "Do not edit.\n\n"
        "time: `2026-01-02T03:04:05Z`, up to six digits of a second where not said otherwise. money: `100.00 "
        "USD`, exactly the\ncurrency's digits. id: `[A-Za-z0-9._-]{1,64}`. `?` marks a member that may be "
        "missing.\n\n";
    add_commands(page);
    add_refusals(page);
    add_events(page);
    add_policies(page);
    add_views(page);
    add_program(page);
    while (page.size() > 1 && page[page.size() - 2] == '\n') page.pop_back();
    return page;
}

}  // namespace certledger::cli
