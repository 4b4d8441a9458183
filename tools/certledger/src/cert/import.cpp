#include <algorithm>
#include <map>

#include "cert/import_files.hpp"
#include "cert/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using adapters::openssl::CertificateFacts;
using adapters::openssl::PrivateKey;
using events::json::OrderedJson;

struct ImportInput {
    std::string path;
    std::string password_file;
    bool authorities = false;
};

/// What became of one certificate.
struct Line {
    std::string file;
    std::string subject;
    std::string result;  ///< `imported`, `known`, `refused`, `skipped`.
    std::string detail;  ///< Id or reason.
    bool key = false;
};

/// Keys by the digest of their public half.
using Keys = std::map<events::Digest, const PrivateKey*>;

Keys keys_of(const Found& found) {
    Keys keys;
    for (const auto& key : found.keys) keys.emplace(key.facts().spki_sha256, &key);
    return keys;
}

engine::Request upload_of(Context& context, const CertificateFacts& facts, const PrivateKey* key) {
    domain::UploadCertificate command;
    command.certificate_pem = adapters::openssl::certificate_pem(facts.der);
    if (key != nullptr) command.private_key_pem = std::string(key->pem().text());
    engine::Request request;
    request.account = context.account();
    request.actor = context.globals().actor;
    request.command = std::move(command);
    return request;
}

/// Takes certificates in, many to one commit.
class Uploads {
  public:
    Uploads(Context& context, engine::Ledger& ledger, const Found& found)
        : context_(context), ledger_(ledger), keys_(keys_of(found)) {}

    Result<void> add(const std::string& file, const CertificateFacts& facts) {
        const auto key = keys_.find(facts.key.spki_sha256);
        const bool held = key != keys_.end();
        if (auto given = ledger_.submit(upload_of(context_, facts, held ? key->second : nullptr)); !given)
            return given;
        const std::string name = facts.dns_names.empty() ? facts.subject : facts.dns_names.front();
        lines_.push_back({file, name, "", "", held});
        return ledger_.full() ? settle() : Result<void>{};
    }

    /// Commits what is waiting; its answers complete the lines.
    Result<void> settle() {
        auto answers = ledger_.flush();
        if (!answers) return tl::make_unexpected(std::move(answers.error()));
        for (const auto& answer : *answers) {
            Line& line = lines_[told_++];
            if (answer.ok) {
                line.result = "imported";
                line.detail = answer.certificate ? answer.certificate->value : "";
                continue;
            }
            const bool known = answer.refusal->code == events::RefusalCode::already_exists;
            line.result = known ? "known" : "refused";
            line.detail = answer.refusal->message;
            line.key = false;
        }
        return {};
    }

    [[nodiscard]] std::vector<Line> take() { return std::move(lines_); }

  private:
    Context& context_;
    engine::Ledger& ledger_;
    const Keys keys_;
    std::vector<Line> lines_;
    std::size_t told_ = 0;
};

void print_lines(Output& out, const std::vector<Line>& lines) {
    Table table({{"RESULT", false, true},
                 {"NAME", false, false, 12},
                 {"KEY", false, true, 0, 2},
                 {"CERTIFICATE, OR WHY NOT", false, false, 36},
                 {"FILE", false, false, 10, 1}});
    std::size_t imported = 0;
    for (const auto& line : lines) {
        imported += line.result == "imported" ? 1U : 0U;
        const Style style = line.result == "imported"  ? Style::good
                            : line.result == "refused" ? Style::bad
                                                       : Style::faint;
        table.add(
            {{line.result, style}, {line.subject}, {line.key ? "held" : ""}, {line.detail}, {line.file}});
    }
    if (!table.empty()) table.print(out);
    out.line(std::to_string(imported) + " imported, " + std::to_string(lines.size() - imported) + " not");
}

int tell(Output& out, const std::vector<Line>& lines) {
    bool all = true;
    for (const auto& line : lines) all = all && line.result != "refused";
    if (!out.json()) {
        print_lines(out, lines);
        return all ? exit_done : exit_refused;
    }
    OrderedJson document;
    document["ok"] = all;
    document["items"] = OrderedJson::array();
    for (const auto& line : lines) {
        OrderedJson item;
        item["result"] = line.result;
        item["name"] = line.subject;
        if (line.result == "imported") {
            item["certificate"] = line.detail;
        } else {
            item["cause"] = line.detail;
        }
        item["key_held"] = line.key;
        item["file"] = line.file;
        document["items"].push_back(std::move(item));
    }
    out.document(document);
    return all ? exit_done : exit_refused;
}

/// Why a file gives nothing, or not everything that is in it.
void tell_rest(const FoundFile& file, bool authorities, std::vector<Line>& lines) {
    for (const auto& why : file.faults) lines.push_back({file.file, "", "refused", why, false});
    if (file.other) lines.push_back({file.file, "", "skipped", "neither PEM nor DER", false});
    // Beside others a CA's certificate is their chain; alone it is worth a word.
    const auto& all = file.certificates;
    const bool only_authorities =
        !all.empty() && std::all_of(all.begin(), all.end(), [](const auto& one) { return one.is_ca; });
    if (only_authorities && !authorities) {
        lines.push_back(
            {file.file, all.front().subject, "skipped", "a CA's certificate: --authorities takes it", false});
    }
}

Result<int> import_all(Context& context, const ImportInput& in) {
    auto found = read_import(in.path, in.password_file, context.out());
    if (!found) return tl::make_unexpected(std::move(found.error()));
    if (found->files.size() == 1 && found->files[0].certificates.empty() && !found->files[0].faults.empty()) {
        return fail(ErrorKind::invalid_input,
                    "file " + found->files[0].file + ": " + found->files[0].faults.front());
    }
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    Uploads uploads(context, **ledger, *found);
    std::size_t read = 0;
    for (const auto& file : found->files) {
        for (const auto& facts : file.certificates) {
            if (facts.is_ca && !in.authorities) continue;
            if (auto added = uploads.add(file.file, facts); !added) return tl::make_unexpected(added.error());
        }
        context.out().progress("importing", ++read, found->files.size());
    }
    if (auto settled = uploads.settle(); !settled) return tl::make_unexpected(settled.error());
    context.out().end_progress();
    std::vector<Line> lines = uploads.take();
    for (const auto& file : found->files) tell_rest(file, in.authorities, lines);
    return tell(context.out(), lines);
}

}  // namespace

void describe_cert_import(Command& verb) {
    auto in = std::make_shared<ImportInput>();
    verb.argument("PATH", "A file, or a folder with all below it", into(in->path)).required().path();
    verb.option("--password-file", "FILE", "First line: password of PKCS#12 containers",
                into(in->password_file))
        .path();
    verb.flag("--authorities", "Also certificates of CAs, which are left out else", in->authorities);
    verb.note(
        "Reads PEM, DER, PKCS#7 and PKCS#12. A key is held with the certificate that it belongs to, "
        "whatever\n"
        "file either is in. Certificates that are there already are passed over. A damaged block of a PEM "
        "text\n"
        "does not cost the others.");
    verb.example("certledger cert import /etc/ssl/sites");
    verb.example("certledger cert import old.pfx --password-file pfx.password");
    verb.run([in](Context& context) { return import_all(context, *in); });
}

}  // namespace certledger::cli
