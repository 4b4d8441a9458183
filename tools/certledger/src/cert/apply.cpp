#include "cert/application.hpp"
#include "cert/flow.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

struct ApplyInput {
    std::string certificate;
    ApplicationInput application;
    std::optional<workflow::ProofSource> proof;
};

Result<int> apply(Context& context, const ApplyInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    domain::SubmitApplication command;
    command.certificate = *id;
    if (auto filled = fill_application(in.application, command); !filled) {
        return tl::make_unexpected(std::move(filled.error()));
    }
    auto answer = context.execute(command);
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.about(*id);
    report.add(*answer);
    if (answer->ok && context.globals().wait) {
        auto flow = make_workflow(context, in.proof);
        if (!flow) return tl::make_unexpected(std::move(flow.error()));
        const auto outcome = flow->follow_application(*id);
        if (!outcome) return tl::make_unexpected(outcome.error());
        add_outcome(report, *outcome);
    }
    return report.finish();
}

Result<int> withdraw(Context& context, const std::string& text) {
    auto id = context.certificate(text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    return execute_and_report(context, domain::WithdrawApplication{*id});
}

}  // namespace

void describe_cert_apply(Command& verb) {
    auto in = std::make_shared<ApplyInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    describe_application(verb, in->application);
    describe_responder(verb, in->proof);
    verb.note(
        "With http-file the embedded CA proves the names, signs, and the certificate is there when the "
        "command\n"
        "ends. With dns-auto and dns-manual it says what to publish. ov and ev go on at the CA's desk\n"
        "(certledger review).");
    verb.example(
        "certledger cert apply example.com --validation http-file --contact \"Ada <ada@example.com> "
        "+44123456\" "
        "--key ec-p256");
    verb.example(
        "certledger cert apply k1 --validation dns-manual --contact-file contact.json --csr example.csr");
    verb.run([in](Context& context) { return apply(context, *in); });
}

void describe_cert_withdraw(Command& verb) {
    auto certificate = std::make_shared<std::string>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(*certificate)).required();
    verb.example("certledger cert withdraw example.com");
    verb.run([certificate](Context& context) { return withdraw(context, *certificate); });
}

}  // namespace certledger::cli
