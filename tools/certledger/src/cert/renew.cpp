#include "cert/application.hpp"
#include "cert/flow.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

struct RenewInput {
    std::string certificate;
    std::optional<std::string> successor;
    bool term = false;
    std::optional<std::string> quota;
    std::optional<events::Money> price;
};

struct HostingInput {
    std::vector<std::string> words;
};

Result<domain::Pays> payment(Context& context, const RenewInput& in) {
    domain::Pays pays;
    if ((in.quota ? 1 : 0) + (in.price ? 1 : 0) + (in.term ? 1 : 0) > 1) {
        return fail(ErrorKind::invalid_input, "only one of --term, --quota and --price can pay");
    }
    if (in.quota) {
        auto quota = context.quota(*in.quota);
        if (!quota) return tl::make_unexpected(std::move(quota.error()));
        pays.kind = events::RenewalPayment::quota;
        pays.quota = *quota;
    } else if (in.price) {
        pays.kind = events::RenewalPayment::price;
        pays.price = in.price;
    }
    return pays;
}

Result<int> renew(Context& context, const RenewInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    auto pays = payment(context, in);
    if (!pays) return tl::make_unexpected(std::move(pays.error()));
    domain::RenewCertificate command;
    command.certificate = *id;
    if (in.successor) command.successor = events::CertificateId{*in.successor};
    command.pays = std::move(*pays);
    auto answer = context.execute(command);
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.about(*id);
    report.add(*answer);
    if (answer->ok) {
        const std::string successor =
            answer->successor ? answer->successor->value : in.successor.value_or("");
        if (!answer->successor) report.fact("successor", {successor, Style::strong});
        report.member("successor", successor);
        report.waiting_for("the successor needs an application:\n  certledger cert apply " + successor +
                           " --validation METHOD --contact \"NAME <MAIL> PHONE\"");
    }
    return report.finish();
}

Result<int> hosting(Context& context, const HostingInput& in) {
    const auto says = [](const std::string& word) { return word == "on" || word == "off"; };
    if (in.words.size() != 2 || says(in.words[0]) == says(in.words[1])) {
        return fail(ErrorKind::invalid_input, "cert hosting takes on or off and a certificate");
    }
    const std::size_t place = says(in.words[0]) ? 0 : 1;
    auto id = context.certificate(in.words[1 - place]);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    if (in.words[place] == "on") return execute_and_report(context, domain::EnableHosting{*id});
    return execute_and_report(context, domain::DisableHosting{*id});
}

}  // namespace

void describe_cert_renew(Command& verb) {
    auto in = std::make_shared<RenewInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    verb.flag("--term", "The remaining paid term pays (default)", in->term);
    verb.option("--quota", "ID", "A unit of this quota of the same product pays", into(in->quota));
    verb.option("--price", "MONEY", "A new payment", into(in->price));
    verb.option("--successor", "ID", "Id of the new certificate (default: one is made)", into(in->successor));
    verb.note(
        "From 30 days before the end. The successor has the same product and names; apply for it next.");
    verb.example("certledger cert renew example.com");
    verb.example("certledger cert renew k1 --price \"90.00 USD\" --successor k2");
    verb.run([in](Context& context) { return renew(context, *in); });
}

void describe_cert_hosting(Command& verb) {
    auto in = std::make_shared<HostingInput>();
    verb.argument("WORDS", "on or off, and the certificate", into(in->words)).required().many();
    verb.note(
        "A hosted certificate is looked after by the service; it cannot be revoked or deleted meanwhile.");
    verb.example("certledger cert hosting on example.com");
    verb.example("certledger cert hosting off example.com");
    verb.run([in](Context& context) { return hosting(context, *in); });
}

}  // namespace certledger::cli
