#include <certledger/adapters/openssl/certificate.hpp>

#include "cert/files.hpp"
#include "cert/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

struct UploadInput {
    std::string file;
    std::string key_file;
    std::optional<std::string> certificate;
};

Result<int> upload(Context& context, const UploadInput& in) {
    const auto contents = read_secret_file(in.file, adapters::openssl::kMaxInputOctets);
    if (!contents) return tl::make_unexpected(contents.error());
    const auto read = adapters::openssl::read_certificate(contents->octets());
    if (!read) return fail(ErrorKind::invalid_input, "file " + in.file + ": " + read.error().message);
    domain::UploadCertificate command;
    if (in.certificate) command.certificate = events::CertificateId{*in.certificate};
    command.certificate_pem = adapters::openssl::certificate_pem(read->der);
    if (!in.key_file.empty()) {
        const auto key = read_secret_file(in.key_file, adapters::openssl::kMaxInputOctets);
        if (!key) return tl::make_unexpected(key.error());
        command.private_key_pem = std::string(key->text());
    }
    auto done = execute_and_report(context, std::move(command));
    const auto bundle = adapters::openssl::read_bundle(contents->octets());
    if (done == exit_done && bundle && bundle->certificates.size() > 1) {
        context.out().note(
            "of " + std::to_string(bundle->certificates.size()) + " certificates in " + in.file +
            " the first is taken; a chain is not kept, so add it where the certificate is served");
    }
    return done;
}

}  // namespace

void describe_cert_upload(Command& verb) {
    auto in = std::make_shared<UploadInput>();
    verb.argument("FILE", "The certificate, PEM or DER; - for standard input", into(in->file))
        .required()
        .path();
    verb.option("--key", "FILE", "Its private key, PEM; held in the vault", into(in->key_file)).path();
    verb.option("--certificate", "ID", "Id of the new entry (default: one is made)", into(in->certificate));
    verb.note(
        "Takes a certificate of another issuer into care, the first of the file. Several at once: cert "
        "import.");
    verb.example("certledger cert upload example.pem --key example.key");
    verb.run([in](Context& context) { return upload(context, *in); });
}

}  // namespace certledger::cli
