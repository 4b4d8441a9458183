#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/pkcs12.hpp>

#include <algorithm>
#include <filesystem>

#include "cert/files.hpp"
#include "cert/verbs.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

namespace fs = std::filesystem;
using adapters::openssl::Bundle;
using adapters::openssl::CertificateFacts;
using adapters::openssl::PrivateKey;
using events::json::OrderedJson;

struct ImportInput {
    std::string path;
    std::string password_file;
    bool authorities = false;
};

/// What was found in the files, with where it came from.
struct Found {
    std::vector<std::pair<std::string, CertificateFacts>> certificates;
    std::vector<PrivateKey> keys;
    std::vector<std::pair<std::string, std::string>> faults;  ///< File and what is wrong with it.
    std::vector<std::string> others;                          ///< Files that are of no form that is read.
};

/// What became of one certificate.
struct Line {
    std::string file;
    std::string subject;
    std::string result;  ///< `imported`, `known`, `refused`, `skipped`.
    std::string detail;  ///< Id or reason.
    bool key = false;
};

Result<std::vector<std::string>> files_of(const std::string& path) {
    std::error_code fault;
    if (!fs::is_directory(path, fault)) return std::vector<std::string>{path};
    std::vector<std::string> files;
    for (auto at = fs::recursive_directory_iterator(path, fault);
         !fault && at != fs::recursive_directory_iterator(); at.increment(fault)) {
        if (at->is_regular_file(fault)) files.push_back(at->path().string());
    }
    if (fault) return fail(ErrorKind::invalid_input, "folder " + path + ": " + fault.message());
    std::sort(files.begin(), files.end());
    return files;
}

bool is_text_form(std::string_view text) { return text.find("-----BEGIN") != std::string_view::npos; }

/// Whether the octets are of a form that is read at all: PEM, or DER, which begins with a SEQUENCE.
bool is_some_form(std::string_view text) {
    return is_text_form(text) || (!text.empty() && text.front() == '\x30');
}

/// A file in any of the forms; a password is only tried where nothing else reads it.
Result<Bundle> read_any(std::span<const std::uint8_t> octets, std::string_view password) {
    auto bundle = adapters::openssl::read_bundle(octets);
    if (bundle) return bundle;
    auto container = adapters::openssl::read_pkcs12(octets, password);
    if (container) return container;
    // DER that is no certificate is most likely a container: then its complaint says more.
    const bool text = is_text_form({reinterpret_cast<const char*>(octets.data()), octets.size()});
    return text ? std::move(bundle) : std::move(container);
}

Result<Found> find_all(const ImportInput& in, Output& out) {
    adapters::SecretBytes password;
    if (!in.password_file.empty()) {
        auto read = read_password_file(in.password_file);
        if (!read) return tl::make_unexpected(std::move(read.error()));
        password = std::move(*read);
    }
    const auto files = files_of(in.path);
    if (!files) return tl::make_unexpected(files.error());
    Found found;
    std::uint64_t done = 0;
    for (const auto& file : *files) {
        out.progress("reading", ++done, files->size());
        const auto contents = read_secret_file(file, adapters::openssl::kMaxInputOctets);
        auto bundle =
            contents ? read_any(contents->octets(), password.text()) : tl::make_unexpected(contents.error());
        if (!bundle && contents && files->size() > 1 && !is_some_form(contents->text())) {
            found.others.push_back(file);
            continue;
        }
        if (!bundle) {
            found.faults.emplace_back(file, bundle.error().message);
            continue;
        }
        for (auto& certificate : bundle->certificates)
            found.certificates.emplace_back(file, std::move(certificate));
        for (auto& key : bundle->keys) found.keys.push_back(std::move(key));
    }
    out.end_progress();
    return found;
}

const PrivateKey* key_of(const Found& found, const CertificateFacts& certificate) {
    for (const auto& key : found.keys) {
        if (key.facts().spki_sha256 == certificate.key.spki_sha256) return &key;
    }
    return nullptr;
}

Result<Line> take_in(Context& context, const Found& found, const std::string& file,
                     const CertificateFacts& facts) {
    domain::UploadCertificate command;
    command.certificate_pem = adapters::openssl::certificate_pem(facts.der);
    const PrivateKey* key = key_of(found, facts);
    if (key != nullptr) command.private_key_pem = std::string(key->pem().text());
    auto answer = context.execute(std::move(command));
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    const std::string subject = facts.dns_names.empty() ? facts.subject : facts.dns_names.front();
    if (answer->ok) {
        return Line{file, subject, "imported", answer->certificate ? answer->certificate->value : "",
                    key != nullptr};
    }
    const bool known = answer->refusal->code == events::RefusalCode::already_exists;
    return Line{file, subject, known ? "known" : "refused", answer->refusal->message, false};
}

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

Result<int> import_all(Context& context, const ImportInput& in) {
    auto found = find_all(in, context.out());
    if (!found) return tl::make_unexpected(std::move(found.error()));
    if (found->certificates.empty() && found->faults.size() == 1) {
        return fail(ErrorKind::invalid_input,
                    "file " + found->faults[0].first + ": " + found->faults[0].second);
    }
    std::vector<Line> lines;
    for (const auto& [file, facts] : found->certificates) {
        if (facts.is_ca && !in.authorities) continue;
        auto line = take_in(context, *found, file, facts);
        if (!line) return tl::make_unexpected(std::move(line.error()));
        lines.push_back(std::move(*line));
        context.out().progress("importing", lines.size(), found->certificates.size());
    }
    for (const auto& [file, why] : found->faults) lines.push_back({file, "", "refused", why, false});
    for (const auto& file : found->others)
        lines.push_back({file, "", "skipped", "neither PEM nor DER", false});
    context.out().end_progress();
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
        "file either is in. Certificates that are there already are passed over.");
    verb.example("certledger cert import /etc/ssl/sites");
    verb.example("certledger cert import old.pfx --password-file pfx.password");
    verb.run([in](Context& context) { return import_all(context, *in); });
}

}  // namespace certledger::cli
