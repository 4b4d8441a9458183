#include "cert/flow.hpp"
#include "nouns/nouns.hpp"
#include "output/view_json.hpp"

namespace certledger::cli {
namespace {

using events::Status;
using events::to_name;

struct RecordInput {
    std::string certificate;
    std::string what;
    std::optional<std::string> outcome;
};

struct RejectInput {
    std::string certificate;
    std::string cause;
};

/// What can be recorded, with what may come of it; the first is meant when nothing is said.
const std::vector<std::pair<std::string, std::vector<std::string>>>& subjects() {
    static const std::vector<std::pair<std::string, std::vector<std::string>>> table{
        {"mail", {"confirmed", "sent"}},
        {"phone", {"verified", "requested"}},
        {"organization", {"verified"}},
        {"review", {"started"}},
        {"revocation", {"confirmed"}}};
    return table;
}

std::vector<std::string> subject_names() {
    std::vector<std::string> names;
    for (const auto& [name, outcomes] : subjects()) names.push_back(name);
    return names;
}

Result<domain::Command> command_for(const RecordInput& in, const events::CertificateId& id) {
    for (const auto& [name, outcomes] : subjects()) {
        if (name != in.what) continue;
        const std::string outcome = in.outcome.value_or(outcomes.front());
        if (std::find(outcomes.begin(), outcomes.end(), outcome) == outcomes.end()) {
            return fail(ErrorKind::invalid_input,
                        "outcome \"" + outcome + "\" of " + name + " " + one_of(outcomes));
        }
        if (name == "mail") return domain::RecordMail{id, *events::from_name<domain::MailOutcome>(outcome)};
        if (name == "phone")
            return domain::RecordPhone{id, *events::from_name<domain::PhoneOutcome>(outcome)};
        if (name == "organization")
            return domain::RecordOrganization{id, domain::OrganizationOutcome::verified};
        if (name == "review") return domain::RecordReview{id, domain::ReviewOutcome::started};
        return domain::ConfirmRevocation{id};
    }
    return fail(ErrorKind::invalid_input, "\"" + in.what + "\" " + one_of(subject_names()));
}

/// The rows that wait for the desk: pending applications, then requested revocations.
Result<std::vector<projections::ListItem>> waiting(const projections::Moment& moment,
                                                   const events::AccountId& account) {
    projections::ListQuery pending;
    pending.status = Status::pending_verification;
    auto applications = moment.list(account, pending);
    if (!applications) return tl::make_unexpected(std::move(applications.error()));
    projections::ListQuery requested;
    requested.flag = projections::Flag::revocation_requested;
    auto revocations = moment.list(account, requested);
    if (!revocations) return tl::make_unexpected(std::move(revocations.error()));
    auto items = std::move(applications->items);
    items.insert(items.end(), revocations->items.begin(), revocations->items.end());
    return items;
}

/// The events that the CA owes for a certificate.
std::string owed(const projections::Moment& moment, const events::AccountId& account,
                 const events::CertificateId& id) {
    const auto progress = moment.progress(account, id);
    if (!progress) return {};
    std::string text;
    for (const auto& step : progress->steps) {
        if (!step.expected || step.state == projections::StepState::waiting) continue;
        text += (text.empty() ? "" : ", ") + std::string(to_name(step.expected->event));
    }
    return text;
}

Result<int> list(Context& context) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto items = waiting(*moment, context.account());
    if (!items) return tl::make_unexpected(items.error());
    Output& out = context.out();
    if (out.json()) {
        out.document({{"items", view_json(*items)}});
        return exit_done;
    }
    if (items->empty()) {
        out.line("nothing waits for the desk");
        return exit_done;
    }
    Table table({{"CERTIFICATE", false, true},
                 {"NAMES", false, false, 14},
                 {"LEVEL", false, true, 0, 1},
                 {"STATUS", false, true, 0, 3},
                 {"EXPECTED", false, false, 16, 2}});
    for (const auto& item : *items) {
        std::string names;
        for (const auto& name : item.names_unicode) names += (names.empty() ? "" : " ") + name;
        table.add({{item.certificate.value},
                   {names},
                   {item.level ? std::string(to_name(*item.level)) : std::string()},
                   status_cell(item.status),
                   {owed(*moment, context.account(), item.certificate)}});
    }
    table.print(out);
    return exit_done;
}

/// Whether the desk is asked about a revocation rather than about an application.
Result<bool> about_revocation(Context& context, const events::CertificateId& id) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto state = (*ledger)->certificate(id);
    if (!state) return tl::make_unexpected(state.error());
    return (*state)->stream.account == context.account() && (*state)->is(Status::issued) &&
           (*state)->revocation_open();
}

Result<int> approve(Context& context, const std::string& text) {
    auto id = context.certificate(text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    const auto revocation = about_revocation(context, *id);
    if (!revocation) return tl::make_unexpected(revocation.error());
    if (*revocation) {
        domain::RecordRevocation record;
        record.certificate = *id;
        record.outcome = domain::RevocationOutcome::completed;
        return execute_and_report(context, record);
    }
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    const auto outcome = flow->issue(*id);
    if (!outcome) return tl::make_unexpected(outcome.error());
    Report report(context);
    report.about(*id);
    add_outcome(report, *outcome);
    return report.finish();
}

Result<int> reject(Context& context, const RejectInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    const auto revocation = about_revocation(context, *id);
    if (!revocation) return tl::make_unexpected(revocation.error());
    if (!*revocation) return execute_and_report(context, domain::RejectApplication{*id, in.cause});
    domain::RecordRevocation record;
    record.certificate = *id;
    record.outcome = domain::RevocationOutcome::declined;
    record.cause = in.cause;
    return execute_and_report(context, record);
}

Result<int> record(Context& context, const RecordInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto command = command_for(in, *id);
    if (!command) return tl::make_unexpected(std::move(command.error()));
    auto answer = context.execute(std::move(*command));
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.about(*id);
    report.add(*answer);
    if (answer->ok && in.what == "revocation" && context.globals().wait) {
        auto flow = make_workflow(context);
        if (!flow) return tl::make_unexpected(std::move(flow.error()));
        const auto outcome = flow->follow_revocation(*id);
        if (!outcome) return tl::make_unexpected(outcome.error());
        add_outcome(report, *outcome);
    }
    return report.finish();
}

}  // namespace

void describe_review(Command& noun) {
    Command list_verb = noun.verb("list", "What waits for the desk: applications and revocations");
    list_verb.example("certledger review list");
    list_verb.query(list);

    auto approved = std::make_shared<std::string>();
    Command approve_verb = noun.verb("approve", "Issue through the embedded CA, or complete a revocation");
    approve_verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*approved)).required();
    approve_verb.example("certledger review approve example.com");
    approve_verb.run([approved](Context& context) { return approve(context, *approved); });

    auto rejecting = std::make_shared<RejectInput>();
    Command reject_verb = noun.verb("reject", "Refuse an application, or decline a revocation");
    reject_verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(rejecting->certificate))
        .required();
    reject_verb.option("--cause", "TEXT", "Why", into(rejecting->cause)).required();
    reject_verb.example(
        "certledger review reject example.com --cause \"the company is not in the register\"");
    reject_verb.run([rejecting](Context& context) { return reject(context, *rejecting); });

    auto recording = std::make_shared<RecordInput>();
    Command record_verb = noun.verb("record", "Record a step of the review");
    record_verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(recording->certificate))
        .required();
    record_verb
        .argument("STEP", "Which: mail, phone, organization, review, revocation", into(recording->what))
        .required();
    record_verb.argument("OUTCOME", "mail: confirmed (default), sent; phone: verified (default), requested",
                         into(recording->outcome));
    record_verb.example("certledger review record example.com mail");
    record_verb.example("certledger review record example.com phone requested");
    record_verb.run([recording](Context& context) { return record(context, *recording); });
}

}  // namespace certledger::cli
