#include <certledger/adapters/openssl/certificate.hpp>

#include "cert/files.hpp"
#include "cert/flow.hpp"
#include "nouns/nouns.hpp"

namespace certledger::cli {
namespace {

enum class Part { root, chain, list };

struct CaInput {
    Part part = Part::root;
    std::string output;
    bool force = false;
};

Result<std::string> text_of(Context& context, Part part) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    const auto authority = flow->authority();
    if (!authority) return tl::make_unexpected(authority.error());
    switch (part) {
        case Part::root:
            return (*authority)->ca().root_pem();
        case Part::chain:
            return (*authority)->ca().intermediate_pem() + (*authority)->ca().root_pem();
        case Part::list:
            return workflow::revocation_list(**ledger, **authority, (*ledger)->query_now());
    }
    return std::string();
}

Result<int> print(Context& context, const CaInput& in) {
    const auto text = text_of(context, in.part);
    if (!text) return tl::make_unexpected(text.error());
    Output& out = context.out();
    if (!in.output.empty() && in.output != "-") {
        const std::span<const std::uint8_t> octets(reinterpret_cast<const std::uint8_t*>(text->data()),
                                                   text->size());
        if (auto written = write_files({{in.output, octets}}, in.force); !written) {
            return tl::make_unexpected(std::move(written.error()));
        }
        if (out.json()) out.document({{"file", in.output}});
        return exit_done;
    }
    if (out.json()) {
        out.document({{"pem", *text}});
    } else {
        out.text(*text);
    }
    return exit_done;
}

void describe_part(Command& noun, const char* name, const char* summary, Part part) {
    auto in = std::make_shared<CaInput>();
    in->part = part;
    Command verb = noun.verb(name, summary);
    verb.option("-o,--output", "FILE", "Where to (default: standard output)", into(in->output)).path();
    verb.flag("--force", "Replace a file that is there", in->force);
    verb.example(std::string("certledger ca ") + name + " -o " + name + ".pem");
    verb.run([in](Context& context) { return print(context, *in); });
}

}  // namespace

void describe_ca(Command& noun) {
    noun.note("The embedded CA is made with the first certificate that it signs; its keys are in the vault.");
    describe_part(noun, "root", "Its root certificate", Part::root);
    describe_part(noun, "chain", "The issuing CA's certificate and the root", Part::chain);
    describe_part(noun, "crl", "The revocation list as of now, newly signed", Part::list);
}

}  // namespace certledger::cli
