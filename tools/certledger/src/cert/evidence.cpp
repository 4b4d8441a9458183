#include "cert/verbs.hpp"
#include "context.hpp"
#include "output/view_json.hpp"
#include "output/view_table.hpp"

namespace certledger::cli {
namespace {

struct EvidenceInput {
    std::string certificate;
    Display display;
};

Result<int> evidence(Context& context, const EvidenceInput& in) {
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    const auto evidence = context.found(moment->evidence(context.account(), *id), "certificate " + id->value);
    if (!evidence) return tl::make_unexpected(evidence.error());
    if (context.out().json()) {
        context.out().document(view_json(*evidence));
        return exit_done;
    }
    print_view(context.out(), projections::evidence_columns(), evidence->items, in.display.layout(),
               "no names to prove");
    return exit_done;
}

}  // namespace

void describe_cert_evidence(Command& verb) {
    auto in = std::make_shared<EvidenceInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    describe_display(verb, in->display);
    verb.note("What proves control of each name: how, when, and until when it may be used for an issue.");
    verb.example("certledger cert evidence example.com");
    verb.query([in](Context& context) { return evidence(context, *in); });
}

}  // namespace certledger::cli
