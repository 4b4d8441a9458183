#include <certledger/tools/demo/demo.hpp>

#include "args/values.hpp"
#include "context.hpp"
#include "nouns/nouns.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

struct DemoInput {
    std::string folder = "certledger-demo";
    std::string domains;
    std::string certificates;
    std::optional<std::int64_t> count;
};

/// As many names as asked for; where the list is too short, it is gone through again under other host names.
std::vector<std::string> take_names(const std::vector<std::string>& names,
                                    std::optional<std::int64_t> count) {
    const auto wanted = static_cast<std::size_t>(count.value_or(static_cast<std::int64_t>(names.size())));
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < wanted; ++i) {
        const std::size_t round = i / names.size();
        taken.push_back((round == 0 ? std::string() : "host" + std::to_string(round) + ".") +
                        names[i % names.size()]);
    }
    return taken;
}

/// Runs another command line on the demo's ledger, as a person would type it.
Result<int> run_line(Context& context, const std::string& ledger, const std::vector<std::string>& arguments) {
    std::string typed = "$ certledger --ledger " + ledger;
    for (const auto& argument : arguments) typed += " " + argument;
    context.out().line();
    context.out().line(context.out().paint(Style::accent, typed));
    Globals globals = context.globals();
    globals.ledger = ledger;
    Parser parser;
    auto parsed = parser.parse(arguments, globals);
    if (!parsed) return tl::make_unexpected(std::move(parsed.error()));
    Context inner(globals, context.out());
    auto code = parsed->run(inner);
    if (!code) return code;
    if (auto closed = inner.close(); !closed) return tl::make_unexpected(std::move(closed.error()));
    return code;
}

events::json::OrderedJson report_json(const demo::Report& report, const std::string& folder) {
    events::json::OrderedJson document;
    document["ledger"] = folder + "/ledger";
    const std::pair<const char*, std::uint64_t> counts[] = {
        {"quotas", report.quotas},     {"ordered", report.ordered},
        {"uploaded", report.uploaded}, {"validated_by_http", report.fetches},
        {"issued", report.issued},     {"deployed", report.deployed},
        {"renewed", report.renewed},   {"revoked", report.revoked},
        {"expired", report.expired},   {"deleted", report.deleted},
        {"refused", report.refused}};
    for (const auto& [name, count] : counts) document[name] = count;
    document["left_out"] = report.left_out;
    return document;
}

void print_report(Output& out, const demo::Report& report) {
    const auto number = [](std::uint64_t count) { return Cell{std::to_string(count)}; };
    print_facts(out, {{"certificates ordered", number(report.ordered)},
                      {"certificates taken in", number(report.uploaded)},
                      {"names proven over HTTP", number(report.fetches)},
                      {"issued", number(report.issued)},
                      {"deployed", number(report.deployed)},
                      {"renewed", number(report.renewed)},
                      {"revoked", number(report.revoked)},
                      {"expired", number(report.expired)},
                      {"deleted", number(report.deleted)},
                      {"refused, as the rules ask", number(report.refused)},
                      {"input left out", number(report.left_out.size())}});
    for (std::size_t i = 0; i < report.left_out.size() && i < 5; ++i)
        out.note("left out: " + report.left_out[i]);
}

void print_explore(Output& out, const std::string& folder, const demo::Report& report) {
    const std::string call = "  certledger --ledger " + folder + "/ledger ";
    out.line();
    out.line("The ledger stays in " + folder + "/ledger. To look around:");
    for (const std::string& line :
         {std::string("list --layout card --limit 3"), "progress " + report.example,
          "cert why " + report.example, std::string("watch"), std::string("log tail"),
          std::string("--as-of 2026-05-01T00:00:00Z list --status issued"), std::string("audit verify")}) {
        out.line(call + line);
    }
    out.line("Its authority is in " + folder + "/ca; what was deployed, in " + folder + "/targets.");
}

Result<int> run_demo(Context& context, const DemoInput& in) {
    Output& out = context.out();
    auto names = in.domains.empty() ? Result<std::vector<std::string>>(demo::shipped_names())
                                    : demo::read_names(in.domains);
    if (!names) return tl::make_unexpected(std::move(names.error()));
    auto certificates = demo::certificate_files(in.certificates);
    if (!certificates) return tl::make_unexpected(std::move(certificates.error()));
    demo::Options options;
    options.folder = in.folder;
    options.names = take_names(*names, in.count);
    options.certificates = std::move(*certificates);
    options.progress = [&out](const std::string& label, std::uint64_t done, std::uint64_t total) {
        out.progress(label, done, total);
    };
    const auto report = demo::run(options);
    out.end_progress();
    if (!report) return tl::make_unexpected(report.error());
    if (out.json()) {
        out.document(report_json(*report, in.folder));
        return exit_done;
    }
    print_report(out, *report);
    const std::string ledger = in.folder + "/ledger";
    const std::vector<std::vector<std::string>> lines{{"list", "--limit", "20"},
                                                      {"progress", report->example},
                                                      {"refunds", "list", "--limit", "20"},
                                                      {"refunds", "totals", "--by", "month"},
                                                      {"audit", "verify"}};
    for (const auto& line : lines) {
        if (line[0] == "progress" && report->example.empty()) continue;
        auto code = run_line(context, ledger, line);
        if (!code || *code != exit_done) return code;
    }
    print_explore(out, in.folder, *report);
    return exit_done;
}

}  // namespace

void describe_demo(Command& noun) {
    auto in = std::make_shared<DemoInput>();
    noun.argument("DIR", "Folder for the demo's ledger, authority and targets (default: certledger-demo)",
                  into(in->folder));
    noun.option("--domains", "FILE", "Host names, one a line (default: about 200 that the program ships)",
                into(in->domains))
        .path();
    noun.option("--certificates", "PATH",
                "Folder or file with certificates to take in (default: the system's bundle)",
                into(in->certificates))
        .path();
    noun.option("--count", "N", "So many certificates", into(in->count, 1));
    noun.note(
        "Buys, applies, validates over HTTP on the loopback interface, issues, deploys, renews, revokes, "
        "refunds and "
        "expires, on a ledger with simulated time: a year passes in seconds.");
    noun.example("certledger demo");
    noun.example("certledger demo --domains names.txt --count 50 /tmp/demo");
    noun.run([in](Context& context) { return run_demo(context, *in); });
}

}  // namespace certledger::cli
