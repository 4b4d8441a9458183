#include "cert/flow.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

struct DeployInput {
    std::string certificate;
    std::string target;
    bool force = false;
};

Result<int> deploy(Context& context, const DeployInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    if (!context.globals().wait) {
        domain::DeployCertificate command{*id, in.target, {}};
        if (in.force) command.force = true;
        return execute_and_report(context, command);
    }
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    const auto outcome = flow->deploy(*id, in.target, in.force);
    if (!outcome) return tl::make_unexpected(outcome.error());
    Report report(context);
    report.about(*id);
    report.fact("target", {domain::target_text(in.target)});
    add_outcome(report, *outcome);
    return report.finish();
}

}  // namespace

void describe_cert_deploy(Command& verb) {
    auto in = std::make_shared<DeployInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    verb.option("--to", "TARGET", "Where to, such as nginx:/etc/nginx/tls/example.com", into(in->target))
        .required();
    verb.flag("--force", "Also when it does not cover the names that are served there", in->force);
    verb.note(
        "nginx:/FOLDER gets fullchain.pem and privkey.pem (0600), each replaced in one step; the pair "
        "before\n"
        "stays beside them as *.previous. Reload the server afterwards.");
    verb.example("certledger cert deploy example.com --to nginx:/etc/nginx/tls/example.com");
    verb.run([in](Context& context) { return deploy(context, *in); });
}

}  // namespace certledger::cli
