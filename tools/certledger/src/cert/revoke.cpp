#include <unistd.h>

#include <cstdio>
#include <map>

#include "cert/cohort.hpp"
#include "cert/flow.hpp"
#include "cert/selection.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

using events::RevocationReason;

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

/// Refusals by certificate.
using Refusals = std::map<std::string, std::string>;

/// Requests one revocation after the other. One that fails for good ends it; a refusal does not.
Result<Refusals> revoke_all(Context& context, const RevokeInput& in,
                            const std::vector<events::CertificateId>& ids) {
    Output& out = context.out();
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    Refusals refusals;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto outcome = revoke(context, *flow, in, ids[i]);
        if (!outcome) return tl::make_unexpected(outcome.error());
        if (outcome->refused()) {
            refusals[ids[i].value] = events::to_name(outcome->answers.back().refusal->code);
        }
        out.progress("revoking", i + 1, ids.size());
    }
    out.end_progress();
    return refusals;
}

/// What became of each, from the views as they are now.
Result<int> tell_all(Context& context, const RevokeInput& in, const std::vector<events::CertificateId>& ids,
                     const Refusals& refusals) {
    auto rows = cohort_rows(context, ids, type_of(command_for(in, {})));
    if (!rows) return tl::make_unexpected(std::move(rows.error()));
    for (auto& row : *rows) {
        const auto refusal = refusals.find(row.item.certificate.value);
        if (refusal != refusals.end()) row.refused_by = refusal->second;
    }
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    Output& out = context.out();
    if (out.json()) {
        out.document(report_json(*rows, (*ledger)->query_now()));
    } else {
        print_report(out, *rows, (*ledger)->query_now());
        out.line(std::to_string(ids.size() - refusals.size()) + " of " + std::to_string(ids.size()) +
                 " taken");
    }
    return refusals.empty() ? exit_done : exit_refused;
}

/// Looks at the views only while it runs: nothing can be written while they are held.
Result<std::vector<events::CertificateId>> cohort(Context& context, const RevokeInput& in) {
    auto moment = context.head();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto page = moment->list(context.account(), in.query);
    if (!page) return tl::make_unexpected(page.error());
    std::vector<events::CertificateId> ids;
    for (const auto& item : page->items) ids.push_back(item.certificate);
    return ids;
}

/// Shows who would be revoked; nothing is asked or done.
Result<void> show_plan(Context& context, const RevokeInput& in,
                       const std::vector<events::CertificateId>& ids) {
    const auto rows = cohort_rows(context, ids, type_of(command_for(in, {})));
    if (!rows) return tl::make_unexpected(rows.error());
    std::optional<events::Instant> deadline;
    if (!in.by_ca) {
        const auto due = deadline_from_now(context, in.reason.value_or(RevocationReason::unspecified));
        if (!due) return tl::make_unexpected(due.error());
        deadline = *due;
    }
    Output& out = context.out();
    if (!out.json()) {
        print_plan(out, *rows, deadline);
    } else if (in.dry_run) {
        out.document(plan_json(*rows, deadline));
    }
    return {};
}

Result<int> revoke_cohort(Context& context, const RevokeInput& in) {
    if (!narrows(in.query)) {
        return fail(ErrorKind::invalid_input,
                    "--where needs at least one filter, such as --domain or --serial");
    }
    const auto ids = cohort(context, in);
    if (!ids) return tl::make_unexpected(ids.error());
    if (auto shown = show_plan(context, in, *ids); !shown) return tl::make_unexpected(shown.error());
    if (in.dry_run) return exit_done;
    if (ids->empty()) {
        if (context.out().json()) context.out().document(report_json({}, {}));
        return exit_done;
    }
    if (!in.yes && !agreed(context.out(), ids->size())) {
        return fail(ErrorKind::invalid_input, "nothing was revoked: --yes confirms, --dry-run only shows");
    }
    const auto refusals = revoke_all(context, in, *ids);
    if (!refusals) return tl::make_unexpected(refusals.error());
    return tell_all(context, in, *ids, *refusals);
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
        "the mail step: certledger review record ID revocation. The revocation list: certledger ca crl. What "
        "is\n"
        "open, with its deadline: certledger cert revocations.");
    verb.example("certledger cert revoke example.com --reason key-compromise");
    verb.example(
        "certledger cert revoke --where --domain '*.example.com' --status issued --reason superseded "
        "--dry-run");
    verb.run([in](Context& context) { return run(context, *in); });
}

namespace {

Result<int> open_revocations(Context& context) {
    const auto moment = context.moment();
    if (!moment) return tl::make_unexpected(moment.error());
    projections::ListQuery query;
    query.flag = projections::Flag::revocation_requested;
    const auto page = moment->list(context.account(), query);
    if (!page) return tl::make_unexpected(page.error());
    std::vector<events::CertificateId> ids;
    for (const auto& item : page->items) ids.push_back(item.certificate);
    const auto rows = cohort_rows(*moment, context.account(), ids);
    Output& out = context.out();
    if (out.json()) {
        out.document(report_json(rows, moment->clock()));
        return exit_done;
    }
    print_report(out, rows, moment->clock());
    out.line(std::to_string(rows.size()) + " open");
    return exit_done;
}

}  // namespace

void describe_cert_revocations(Command& verb) {
    verb.note(
        "Requests that the CA has not answered, by deadline: the policy gives 24 hours for a compromised "
        "key\n"
        "and 5 days else (certledger policy show revocation).");
    verb.example("certledger cert revocations");
    verb.query(open_revocations);
}

}  // namespace certledger::cli
