#include <certledger/adapters/deploy/bundle.hpp>

#include "cert/files.hpp"
#include "cert/flow.hpp"
#include "cert/verbs.hpp"

namespace certledger::cli {
namespace {

using events::DownloadFormat;

struct DownloadInput {
    std::string certificate;
    std::optional<DownloadFormat> format;
    std::string output;
    std::string password_file;
    bool force = false;
};

bool needs_password(DownloadFormat format) {
    return format == DownloadFormat::pfx || format == DownloadFormat::iis ||
           format == DownloadFormat::tomcat || format == DownloadFormat::jks;
}

/// The name of the certificate's first domain, good for a file.
std::string base_name(const projections::ListItem& item) {
    return item.names.empty() ? item.certificate.value : item.names.front();
}

/// The first file of the package, or all of them in a ZIP.
Result<adapters::SecretBytes> contents_of(const workflow::Package& package, events::Instant time) {
    if (!package.archive) return package.files.front().bytes.clone();
    std::vector<adapters::deploy::BundleFile> files;
    for (const auto& file : package.files)
        files.push_back({file.name, file.bytes.octets(), package.holds_key});
    adapters::SecretBytes zip;
    auto made = adapters::deploy::make_zip(files, time,
                                           [&](std::span<const std::uint8_t> piece) { zip.append(piece); });
    if (!made) return tl::make_unexpected(std::move(made.error()));
    return zip;
}

std::string default_output(const workflow::Package& package, const std::string& base) {
    const std::string name = package.files.front().name;
    return package.archive ? (base.rfind("*.", 0) == 0 ? "_" + base.substr(1) : base) + ".zip" : name;
}

/// Where a key that is a file of its own goes: beside its certificate.
std::string key_path(std::string path) {
    for (const std::string_view ending : {".cer", ".crt", ".der"}) {
        if (path.size() > ending.size() && path.ends_with(ending)) path.resize(path.size() - ending.size());
    }
    return path + ".key.der";
}

/// Writes the package: one file, and beside it that of its key where the format has two. Gives the second's
/// path, empty where there is none.
Result<std::string> write_package(const workflow::Package& package, const std::string& path, bool force,
                                  events::Instant time) {
    const auto contents = contents_of(package, time);
    if (!contents) return tl::make_unexpected(contents.error());
    const bool apart = !package.archive && package.files.size() > 1;
    std::vector<NewFile> files{{path, contents->octets(), package.holds_key && !apart}};
    if (apart) files.push_back({key_path(path), package.files[1].bytes.octets(), true});
    if (auto written = write_files(files, force); !written)
        return tl::make_unexpected(std::move(written.error()));
    return apart ? files[1].path : std::string();
}

/// What is handed out, and the name that its files get.
struct Chosen {
    events::CertificateId id;
    std::string base;
};

/// Looks at the views only while it runs: nothing can be written while they are held.
Result<Chosen> choose(Context& context, std::string_view text) {
    auto moment = context.head();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    auto id = context.certificate(*moment, text);
    if (!id) return tl::make_unexpected(std::move(id.error()));
    const auto item = moment->certificate(context.account(), *id);
    return Chosen{*id, item ? base_name(*item) : id->value};
}

/// Standard output takes one file.
Result<void> fits_output(Context& context, const DownloadInput& in, const events::CertificateId& id,
                         DownloadFormat format) {
    if (in.output != "-" || format != DownloadFormat::der) return {};
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto state = (*ledger)->certificate(id);
    if (!state) return tl::make_unexpected(state.error());
    if (!(*state)->key_held) return {};
    return fail(ErrorKind::invalid_input,
                "--output -: in der certificate and key are two files; give a file, or take pem");
}

Result<int> download(Context& context, const DownloadInput& in) {
    const auto chosen = choose(context, in.certificate);
    if (!chosen) return tl::make_unexpected(chosen.error());
    const auto& [id, base] = *chosen;
    const DownloadFormat format = in.format.value_or(DownloadFormat::pem);
    if (auto fits = fits_output(context, in, id, format); !fits)
        return tl::make_unexpected(std::move(fits.error()));
    adapters::SecretBytes password;
    if (needs_password(format)) {
        if (in.password_file.empty()) {
            return fail(ErrorKind::invalid_input,
                        "--password-file is needed for format " + std::string(events::to_name(format)));
        }
        auto read = read_password_file(in.password_file);
        if (!read) return tl::make_unexpected(std::move(read.error()));
        password = std::move(*read);
    }

    // The access is on record before anything leaves; what the rules refuse is not even put together.
    auto answer = context.execute(domain::DownloadCertificate{id, format});
    if (!answer) return tl::make_unexpected(std::move(answer.error()));
    Report report(context);
    report.about(id);
    report.add(*answer);
    if (!answer->ok) return report.finish();
    auto flow = make_workflow(context);
    if (!flow) return tl::make_unexpected(std::move(flow.error()));
    const auto package = flow->package(id, format, password.text(), base);
    if (!package) return tl::make_unexpected(package.error());
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const events::Instant now = (*ledger)->query_now();
    const std::string path = in.output.empty() ? default_output(*package, base) : in.output;
    if (path == "-") {
        const auto contents = contents_of(*package, now);
        if (!contents) return tl::make_unexpected(contents.error());
        context.out().text(contents->text());
        return exit_done;
    }
    const auto beside = write_package(*package, path, in.force, now);
    if (!beside) return tl::make_unexpected(beside.error());
    report.fact("file", {path, Style::strong});
    report.member("file", path);
    if (!beside->empty()) {
        report.fact("key", {*beside + ": for its owner only (0600)"});
        report.member("key_file", *beside);
    } else {
        report.fact("key",
                    {package->holds_key ? "inside: the file is for its owner only (0600)" : "not inside"});
    }
    report.member("holds_key", package->holds_key);
    return report.finish();
}

}  // namespace

void describe_cert_download(Command& verb) {
    auto in = std::make_shared<DownloadInput>();
    verb.argument("CERTIFICATE", "Id, its beginning, or a domain name", into(in->certificate)).required();
    verb.choice<DownloadFormat>("--format", "Package (default: pem)", in->format);
    verb.option("-o,--output", "FILE", "Where to (default: named after the domain; - for standard output)",
                into(in->output))
        .path();
    verb.option("--password-file", "FILE", "First line: password for pfx, iis, tomcat, jks",
                into(in->password_file))
        .path();
    verb.flag("--force", "Replace a file that is there", in->force);
    verb.note(
        "nginx, apache and iis come as one ZIP; in der a key that is held is a file of its own beside the\n"
        "certificate, NAME.key.der. The download is recorded, and whether a key went along.");
    verb.example("certledger cert download example.com --format nginx -o example.com.zip");
    verb.example(
        "certledger cert download example.com --format pfx --password-file pfx.password -o example.pfx");
    verb.run([in](Context& context) { return download(context, *in); });
}

}  // namespace certledger::cli
