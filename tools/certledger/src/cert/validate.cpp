#include "cert/flow.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

struct ValidateInput {
    std::string certificate;
    std::optional<std::string> name;
    std::optional<domain::ValidationOutcome> record;
    std::optional<std::string> cause;
    std::optional<workflow::ProofSource> proof;
};

/// The names to record an outcome for: the one given, else all.
Result<std::vector<std::string>> names_of(Context& context, const events::CertificateId& id,
                                          const ValidateInput& in) {
    if (in.name) return std::vector<std::string>{*in.name};
    auto moment = context.head();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto item = context.found(moment->certificate(context.account(), id), "certificate " + id.value);
    if (!item) return tl::make_unexpected(std::move(item.error()));
    return item->names;
}

Result<void> record(Context& context, Report& report, const events::CertificateId& id,
                    const ValidateInput& in) {
    const auto names = names_of(context, id, in);
    if (!names) return tl::make_unexpected(names.error());
    for (const auto& name : *names) {
        auto answer = context.execute(domain::RecordValidation{id, name, *in.record, in.cause});
        if (!answer) return tl::make_unexpected(std::move(answer.error()));
        report.add(*answer);
        if (!answer->ok) break;
    }
    return {};
}

Result<int> validate(Context& context, const ValidateInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    if (!in.record && (in.cause || in.name)) {
        return fail(ErrorKind::invalid_input, "--name and --cause go with --record");
    }
    Report report(context);
    report.about(*id);
    if (in.record) {
        if (auto done = record(context, report, *id, in); !done)
            return tl::make_unexpected(std::move(done.error()));
        if (report.was_refused() || !context.globals().wait) return report.finish();
    }
    auto flow = make_workflow(context, in.proof);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    const auto outcome = flow->follow_application(*id);
    if (!outcome) return tl::make_unexpected(outcome.error());
    add_outcome(report, *outcome);
    return report.finish();
}

}  // namespace

void describe_cert_validate(Command& verb) {
    auto in = std::make_shared<ValidateInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    verb.choice<domain::ValidationOutcome>("--record", "Record by hand what came of it", in->record);
    verb.option("--name", "NAME", "Only this name (default: every name)", into(in->name));
    verb.option("--cause", "TEXT", "Why it failed", into(in->cause));
    describe_responder(verb, in->proof);
    verb.note("Looks again for the proofs of names that are not validated, and goes on when all are.");
    verb.example("certledger cert validate example.com");
    verb.example(
        "certledger cert validate k1 --name www.example.com --record failed --cause \"no TXT record\"");
    verb.run([in](Context& context) { return validate(context, *in); });
}

}  // namespace certledger::cli
