#include "cert/application.hpp"
#include "cert/flow.hpp"
#include "cert/product.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

struct BuyInput {
    std::optional<std::string> certificate;
    ProductInput product;
    std::vector<std::string> names;
    std::optional<events::Money> price;
};

struct CreateInput {
    std::string quota;
    std::optional<std::string> certificate;
    std::vector<std::string> names;
    bool quick_issue = false;
    ApplicationInput application;
    std::optional<workflow::ProofSource> proof;
};

std::optional<events::CertificateId> id_of(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    return events::CertificateId{*text};
}

/// The certificate that the answer made.
events::CertificateId made_by(const engine::Answer& answer, const std::optional<std::string>& given) {
    return answer.certificate ? *answer.certificate : events::CertificateId{given.value_or("")};
}

Result<int> buy(Context& context, const BuyInput& in) {
    domain::BuyCertificate command;
    command.certificate = id_of(in.certificate);
    command.product = product_for(in.product, in.names);
    command.names = in.names;
    command.price = *in.price;
    return execute_and_report(context, command);
}

Result<int> create(Context& context, const CreateInput& in) {
    auto quota = context.quota(in.quota);
    if (!quota) return tl::make_unexpected(std::move(quota.error()));
    domain::CreateCertificate command;
    command.quota = *quota;
    command.certificate = id_of(in.certificate);
    command.names = in.names;
    if (in.application.any() && !in.quick_issue) {
        return fail(ErrorKind::invalid_input, "the options of an application need --quick-issue");
    }
    if (in.quick_issue) {
        command.quick_issue = true;
        if (auto filled = fill_application(in.application, command); !filled) {
            return tl::make_unexpected(std::move(filled.error()));
        }
    }
    auto answer = context.execute(command);
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.add(*answer);
    if (answer->ok) report.about(made_by(*answer, in.certificate));
    if (answer->ok && in.quick_issue && context.globals().wait) {
        auto flow = make_workflow(context, in.proof);
        if (!flow) return tl::make_unexpected(std::move(flow.error()));
        const auto outcome = flow->follow_application(made_by(*answer, in.certificate));
        if (!outcome) return tl::make_unexpected(outcome.error());
        add_outcome(report, *outcome);
    }
    return report.finish();
}

}  // namespace

void describe_cert_buy(Command& verb) {
    auto in = std::make_shared<BuyInput>();
    verb.option("--certificate", "ID", "Id of the new certificate (default: one is made)",
                into(in->certificate));
    verb.option("--domain", "NAME", "A name it is for; once for each name", into(in->names))
        .required()
        .many();
    describe_product(verb, in->product);
    verb.option("--price", "MONEY", "What is paid, such as \"100.00 USD\"", into(in->price)).required();
    verb.example(
        "certledger cert buy --brand geotrust --level ov --kind multi --domain example.com --domain "
        "www.example.com "
        "--price \"300.00 USD\"");
    verb.run([in](Context& context) { return buy(context, *in); });
}

void describe_cert_create(Command& verb) {
    auto in = std::make_shared<CreateInput>();
    verb.option("--quota", "ID", "The quota that pays", into(in->quota)).required();
    verb.option("--certificate", "ID", "Id of the new certificate (default: one is made)",
                into(in->certificate));
    verb.option("--domain", "NAME", "A name it is for; once for each name", into(in->names))
        .required()
        .many();
    verb.flag("--quick-issue", "Apply at once, with the options of `cert apply`", in->quick_issue);
    describe_application(verb, in->application);
    describe_responder(verb, in->proof);
    verb.example("certledger cert create --quota q1 --domain example.com");
    verb.example(
        "certledger cert create --quota q1 --domain example.com --quick-issue --validation http-file "
        "--contact \"Ada <ada@example.com> +44123456\"");
    verb.run([in](Context& context) { return create(context, *in); });
}

}  // namespace certledger::cli
