#include <certledger/events/json/archive.hpp>

#include "args/values.hpp"
#include "nouns/nouns.hpp"
#include "policy_file.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using events::to_name;
using events::json::OrderedJson;

struct AdoptInput {
    std::string file;
    std::optional<domain::PolicyScope> scope;
};

struct Adopted {
    std::string stream;
    std::uint64_t version = 0;
    events::Policy policy;
    bool in_force = false;
};

/// Every version that counts for the account: its own stream, then the ledger's.
std::vector<Adopted> adopted(const projections::Moment& moment, const events::AccountId& account) {
    std::vector<Adopted> all;
    const policies::PolicyBook book = moment.policies(account);
    for (const auto& stream : {events::policy_stream(account), events::policy_stream()}) {
        const auto row = moment.rows().policies(stream.value);
        if (!row) continue;
        for (const auto& version : row->versions) {
            const auto& now = book.find(version.policy.kind(), moment.clock());
            all.push_back({stream.value, version.version, version.policy,
                           now.ref.id == stream.value &&
                               static_cast<std::uint64_t>(now.ref.version) == version.version});
        }
    }
    return all;
}

OrderedJson policy_json(const Adopted& entry) {
    OrderedJson object;
    object["id"] = entry.stream;
    object["version"] = entry.version;
    object["in_force"] = entry.in_force;
    object["policy"] = events::json::to_json_object(entry.policy);
    return object;
}

Result<int> list(Context& context, bool all) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto entries = adopted(*moment, context.account());
    Output& out = context.out();
    if (out.json()) {
        OrderedJson document;
        document["items"] = OrderedJson::array();
        for (const auto& entry : entries) {
            if (all || entry.in_force) document["items"].push_back(policy_json(entry));
        }
        out.document(document);
        return exit_done;
    }
    Table table({{"KIND", false, true},
                 {"FROM", false, true},
                 {"STREAM", false, false, 8, 1},
                 {"V", true, true, 0, 2},
                 {"TERMS", false, false, 20}});
    for (const auto& entry : entries) {
        if (!all && !entry.in_force) continue;
        table.add({{std::string(to_name(entry.policy.kind())), entry.in_force ? Style::strong : Style::faint},
                   {shown_date(entry.policy.effective_from)},
                   {entry.stream},
                   {std::to_string(entry.version)},
                   {terms_text(entry.policy)}});
    }
    table.print(out);
    return exit_done;
}

Result<int> show(Context& context, events::PolicyKind kind) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    for (const auto& entry : adopted(*moment, context.account())) {
        if (!entry.in_force || entry.policy.kind() != kind) continue;
        if (context.out().json()) {
            context.out().document(policy_json(entry));
            return exit_done;
        }
        std::vector<std::pair<std::string, Cell>> facts{
            {"kind", {std::string(to_name(kind)), Style::strong}},
            {"adopted", {entry.stream + ", version " + std::to_string(entry.version)}},
            {"from", {shown(entry.policy.effective_from)}},
            {"terms", {terms_text(entry.policy)}}};
        print_facts(context.out(), facts);
        return exit_done;
    }
    return fail(ErrorKind::not_found, "no " + std::string(to_name(kind)) + " policy is in force here");
}

Result<int> adopt(Context& context, const AdoptInput& in) {
    const auto policies = read_policies(in.file);
    if (!policies) return tl::make_unexpected(policies.error());
    if (policies->size() != 1) {
        return fail(ErrorKind::invalid_input, "policy file " + in.file + ": one policy is adopted at a time");
    }
    return execute_and_report(context, domain::AdoptPolicy{in.scope, policies->front()});
}

}  // namespace

void describe_policy(Command& noun) {
    auto all = std::make_shared<bool>(false);
    Command list_verb = noun.verb("list", "The rules in force for the account");
    list_verb.flag("--all", "Also those that were replaced or begin later", *all);
    list_verb.example("certledger policy list");
    list_verb.query([all](Context& context) { return list(context, *all); });

    auto kind = std::make_shared<std::optional<events::PolicyKind>>();
    Command show_verb = noun.verb("show", "The rule of one kind in force");
    show_verb.argument("KIND", "Which", into(*kind)).required().choices(names_of<events::PolicyKind>());
    show_verb.example("certledger policy show refund --json");
    show_verb.query([kind](Context& context) { return show(context, **kind); });

    auto in = std::make_shared<AdoptInput>();
    Command adopt_verb = noun.verb("adopt", "Adopt a dated rule");
    adopt_verb.argument("FILE", "The policy as a JSON object; - for standard input", into(in->file))
        .required()
        .path();
    adopt_verb.choice<domain::PolicyScope>("--scope", "For this account (default) or the ledger", in->scope);
    adopt_verb.note(
        "All members of the kind are needed; `policy show KIND --json` prints one to start from.");
    adopt_verb.example(
        "echo '{\"kind\":\"renewal\",\"effective_from\":\"2027-01-01T00:00:00Z\",\"window_days\":20}' | "
        "certledger policy adopt -");
    adopt_verb.run([in](Context& context) { return adopt(context, *in); });
}

}  // namespace certledger::cli
