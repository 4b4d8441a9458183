#include <unistd.h>

#include <cstdio>

#include "cert/flow.hpp"
#include "cert/selection.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

using events::RevocationReason;
using events::json::OrderedJson;

struct RevokeInput {
    std::string certificate;
    std::optional<RevocationReason> reason;
    std::string cause;
    bool by_ca = false;
    bool where = false;
    bool dry_run = false;
    bool yes = false;
    projections::ListQuery query;
};

/// The command that is given for each certificate.
domain::Command command_for(const RevokeInput& in, const events::CertificateId& id) {
    const auto reason = in.reason.value_or(RevocationReason::unspecified);
    if (!in.by_ca) return domain::RequestRevocation{id, reason};
    domain::RecordRevocation record;
    record.certificate = id;
    record.outcome = domain::RevocationOutcome::completed;
    record.by = domain::RevocationBy::ca;
    record.reason = reason;
    if (!in.cause.empty()) record.cause = in.cause;
    return record;
}

/// Requests one revocation and follows it up; its answers go into the outcome.
Result<workflow::Outcome> revoke(Context& context, workflow::Workflow& flow, const RevokeInput& in,
                                 const events::CertificateId& id) {
    workflow::Outcome outcome;
    auto answer = context.execute(command_for(in, id));
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    outcome.answers.push_back(std::move(*answer));
    if (outcome.refused() || in.by_ca || !context.globals().wait) return outcome;
    auto followed = flow.follow_revocation(id);
    if (!followed) return followed;
    outcome.append(std::move(*followed));
    return outcome;
}

void add_refund(Context& context, Report& report, const events::CertificateId& id) {
    const auto moment = context.head();
    if (!moment) return;
    const auto refund = moment->refund(context.account(), id);
    if (!refund || !refund->decided_at) return;
    std::string text(events::to_name(refund->state));
    if (refund->amount) text += ", " + events::to_string(*refund->amount);
    if (refund->reason) text += " (" + std::string(events::to_name(*refund->reason)) + ")";
    report.fact("refund", {text});
}

Result<int> revoke_one(Context& context, const RevokeInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    const auto outcome = revoke(context, *flow, in, *id);
    if (!outcome) return tl::make_unexpected(outcome.error());
    Report report(context);
    report.about(*id);
    add_outcome(report, *outcome);
    if (!context.out().json()) add_refund(context, report, *id);
    return report.finish();
}

void print_cohort(Output& out, const std::vector<projections::ListItem>& items) {
    Table table({{"CERTIFICATE", false, true},
                 {"NAMES", false, false, 14},
                 {"STATUS", false, true},
                 {"NOT AFTER", false, true, 0, 1}});
    for (const auto& item : items) {
        std::string names;
        for (const auto& name : item.names_unicode) names += (names.empty() ? "" : " ") + name;
        table.add({{item.certificate.value},
                   {names},
                   status_cell(item.status),
                   {item.not_after ? shown_date(*item.not_after) : std::string()}});
    }
    table.print(out);
}

/// Asks on the terminal; without one the answer is no.
bool agreed(Output& out, std::size_t count) {
    if (isatty(STDIN_FILENO) == 0) return false;
    const auto shown_so_far = out.finish();
    std::fprintf(stderr, "revoke %zu certificates? [y/N] ", count);
    std::fflush(stderr);
    char answer[16] = {};
    return shown_so_far && std::fgets(answer, sizeof answer, stdin) != nullptr &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

OrderedJson line_of(const events::CertificateId& id, const workflow::Outcome& outcome) {
    OrderedJson line;
    line["certificate"] = id.value;
    line["ok"] = !outcome.refused();
    const auto last = answer_json(outcome.answers.back());
    if (last.contains("status")) line["status"] = last["status"];
    if (last.contains("refusal")) line["refusal"] = last["refusal"];
    return line;
}

Result<int> revoke_all(Context& context, const RevokeInput& in,
                       const std::vector<projections::ListItem>& items) {
    Output& out = context.out();
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    std::size_t refusals = 0;
    auto lines = OrderedJson::array();
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto outcome = revoke(context, *flow, in, items[i].certificate);
        if (!outcome) return tl::make_unexpected(outcome.error());
        refusals += outcome->refused() ? 1U : 0U;
        if (out.json()) {
            lines.push_back(line_of(items[i].certificate, *outcome));
        } else if (outcome->refused()) {
            out.end_progress();
            static_cast<void>(refused(out, outcome->answers.back()));
        }
        out.progress("revoking", i + 1, items.size());
    }
    out.end_progress();
    if (out.json()) {
        out.document({{"ok", refusals == 0}, {"items", std::move(lines)}});
    } else {
        out.line(std::to_string(items.size() - refusals) + " of " + std::to_string(items.size()) + " taken");
    }
    return refusals == 0 ? exit_done : exit_refused;
}

/// Looks at the views only while it runs: nothing can be written while they are held.
Result<std::vector<projections::ListItem>> cohort(Context& context, const RevokeInput& in) {
    auto moment = context.head();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto page = moment->list(context.account(), in.query);
    if (!page) return tl::make_unexpected(std::move(page.error()));
    return std::move(page->items);
}

Result<int> revoke_cohort(Context& context, const RevokeInput& in) {
    if (!narrows(in.query)) {
        return fail(ErrorKind::invalid_input,
                    "--where needs at least one filter, such as --domain or --serial");
    }
    const auto chosen = cohort(context, in);
    if (!chosen) return tl::make_unexpected(chosen.error());
    const auto& items = *chosen;
    Output& out = context.out();
    if (in.dry_run && out.json()) {
        auto lines = OrderedJson::array();
        for (const auto& item : items) lines.push_back({{"certificate", item.certificate.value}});
        out.document({{"ok", true}, {"dry_run", true}, {"items", std::move(lines)}});
        return exit_done;
    }
    if (!out.json()) {
        print_cohort(out, items);
        out.line(std::to_string(items.size()) + " certificates");
    }
    if (in.dry_run || items.empty()) {
        if (out.json()) out.document({{"ok", true}, {"items", OrderedJson::array()}});
        return exit_done;
    }
    if (!in.yes && !agreed(out, items.size())) {
        return fail(ErrorKind::invalid_input, "nothing was revoked: --yes confirms, --dry-run only shows");
    }
    return revoke_all(context, in, items);
}

Result<int> run(Context& context, const RevokeInput& in) {
    if (in.where == !in.certificate.empty()) {
        return fail(ErrorKind::invalid_input, "cert revoke takes one certificate, or --where with filters");
    }
    if (in.by_ca && !in.reason) return fail(ErrorKind::invalid_input, "--by-ca needs --reason");
    if (!in.where && (narrows(in.query) || in.dry_run || in.yes)) {
        return fail(ErrorKind::invalid_input, "filters, --dry-run and --yes go with --where");
    }
    return in.where ? revoke_cohort(context, in) : revoke_one(context, in);
}

}  // namespace

void describe_cert_revoke(Command& verb) {
    auto in = std::make_shared<RevokeInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate));
    verb.choice<RevocationReason>("--reason", "Why (default: unspecified)", in->reason);
    verb.flag("--by-ca", "The CA itself revoked it, without a request", in->by_ca);
    verb.option("--cause", "TEXT", "With --by-ca: in words", into(in->cause));
    verb.flag("--where", "All that the filters below choose, instead of one", in->where);
    verb.flag("--dry-run", "With --where: only show them", in->dry_run);
    verb.flag("--yes", "With --where: do not ask", in->yes);
    describe_selection(verb, in->query);
    verb.note(
        "A dv certificate of the embedded CA is revoked at once, and the refund is decided. ov and ev wait "
        "for\n"
        "the mail step: certledger review record ID revocation. The revocation list: certledger ca crl.");
    verb.example("certledger cert revoke example.com --reason key-compromise");
    verb.example(
        "certledger cert revoke --where --domain '*.example.com' --status issued --reason superseded "
        "--dry-run");
    verb.run([in](Context& context) { return run(context, *in); });
}

}  // namespace certledger::cli
