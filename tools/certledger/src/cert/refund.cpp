#include "args/values.hpp"
#include "cert/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

struct RefundInput {
    std::vector<std::string> words;
    std::optional<std::string> reference;
    std::optional<events::Money> amount;
};

Result<int> pay(Context& context, const std::string& text, const RefundInput& in) {
    if (!in.reference)
        return fail(ErrorKind::invalid_input, "--reference is needed: what the payment is found by");
    auto id = context.certificate(text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    return execute_and_report(context, domain::PayRefund{*id, *in.reference, in.amount});
}

Result<int> request(Context& context, const std::string& text, const RefundInput& in) {
    if (in.reference || in.amount) {
        return fail(ErrorKind::invalid_input, "--reference and --amount go with `cert refund pay`");
    }
    auto id = context.certificate(text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    return execute_and_report(context, domain::RequestRefund{*id});
}

Result<int> refund(Context& context, const RefundInput& in) {
    if (in.words.size() == 1) return request(context, in.words[0], in);
    if (in.words.size() == 2 && in.words[0] == "request") return request(context, in.words[1], in);
    if (in.words.size() == 2 && in.words[0] == "pay") return pay(context, in.words[1], in);
    return fail(ErrorKind::invalid_input, "cert refund takes `request CERTIFICATE` or `pay CERTIFICATE`");
}

void describe_payment(Command& verb, RefundInput& in) {
    verb.option("--reference", "TEXT", "What the payment is found by", into(in.reference));
    verb.option("--amount", "MONEY", "What was paid (default: what was granted)", into(in.amount));
}

}  // namespace

void describe_cert_refund(Command& verb) {
    auto in = std::make_shared<RefundInput>();
    verb.argument("WORDS", "request or pay, and the certificate", into(in->words)).required().many();
    describe_payment(verb, *in);
    verb.note("request: for what was never issued. pay: reports that a granted refund went out.");
    verb.example("certledger cert refund request example.com");
    verb.example("certledger cert refund pay example.com --reference TX-2026-17");
    verb.run([in](Context& context) { return refund(context, *in); });
}

void describe_refund_pay(Command& verb) {
    auto in = std::make_shared<RefundInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->words)).required();
    describe_payment(verb, *in);
    verb.example("certledger refunds pay example.com --reference TX-2026-17");
    verb.run([in](Context& context) { return pay(context, in->words.front(), *in); });
}

}  // namespace certledger::cli
