#include "cert/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

struct DeleteInput {
    std::string certificate;
    bool force = false;
};

Result<int> remove(Context& context, const DeleteInput& in) {
    auto id = context.certificate(in.certificate);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    domain::DeleteCertificate command{*id, {}};
    if (in.force) command.force = true;
    return execute_and_report(context, command);
}

}  // namespace

void describe_cert_delete(Command& verb) {
    auto in = std::make_shared<DeleteInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    verb.flag("--force", "Also while it is deployed, or a revocation is requested", in->force);
    verb.note("It leaves every list and cannot come back; its events stay, and cert history ID shows them.");
    verb.example("certledger cert delete example.com");
    verb.run([in](Context& context) { return remove(context, *in); });
}

}  // namespace certledger::cli
