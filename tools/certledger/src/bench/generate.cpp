#include <certledger/events/json/json.hpp>
#include <certledger/tools/bench/generate.hpp>
#include <certledger/tools/evidence/keeper.hpp>

#include "bench/verbs.hpp"
#include "context.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

struct GenerateInput {
    std::string folder = "certledger-bench";
    std::optional<std::int64_t> certificates;
    std::optional<std::int64_t> seed;
};

Result<int> run_generate(Context& context, const GenerateInput& in) {
    Output& out = context.out();
    bench::GenerateOptions options;
    options.folder = in.folder;
    options.certificates = static_cast<std::uint64_t>(in.certificates.value_or(10'000));
    options.seed = static_cast<std::uint64_t>(in.seed.value_or(1));
    options.progress = [&out](std::uint64_t done, std::uint64_t whole) {
        out.progress("certificates", done, whole);
    };
    const auto report = bench::generate(options);
    out.end_progress();
    if (!report) return tl::make_unexpected(report.error());
    // As every process that wrote, it leaves a checkpoint (rulings 39).
    auto ledger = engine::Ledger::open(in.folder, {});
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto signed_one = evidence::Evidence(evidence::parts_of(*ledger)).sign();
    if (!signed_one) return tl::make_unexpected(signed_one.error());
    const std::string root = events::to_base64(report->tree.root);
    const std::pair<const char*, std::uint64_t> counts[] = {{"certificates", report->certificates},
                                                            {"open", report->open},
                                                            {"records", report->records},
                                                            {"octets", report->octets},
                                                            {"log_octets", report->log_octets}};
    if (out.json()) {
        OrderedJson document;
        document["ledger"] = in.folder;
        for (const auto& [name, count] : counts) document[name] = count;
        document["root"] = root;
        document["seconds"] = report->seconds;
        out.document(document);
        return exit_done;
    }
    std::vector<std::pair<std::string, Cell>> facts{{"ledger", {in.folder}}};
    for (const auto& [name, count] : counts) facts.emplace_back(name, Cell{std::to_string(count)});
    facts.emplace_back("root", Cell{root});
    facts.emplace_back("records a second", Cell{std::to_string(static_cast<std::uint64_t>(
                                               static_cast<double>(report->records) / report->seconds))});
    print_facts(out, facts);
    return exit_done;
}

}  // namespace

void describe_bench_generate(Command& noun) {
    auto in = std::make_shared<GenerateInput>();
    Command verb = noun.verb("generate", "Make a ledger with made-up certificates, of any number");
    verb.argument("DIR", "Folder of the new ledger (default: certledger-bench)", into(in->folder));
    verb.option("--certificates", "N", "So many certificates (default: 10000)", into(in->certificates, 1));
    verb.option("--seed", "S", "Another seed makes other certificates; the same one the same octets",
                into(in->seed));
    verb.note(
        "The lives are those that the rules allow: `audit verify` finds nothing. The ledger has simulated "
        "time, "
        "and a vault with the log's key alone: contacts are sealed with keys that nobody has.");
    verb.example("certledger bench generate --certificates 1000000 /tmp/million");
    verb.run([in](Context& context) { return run_generate(context, *in); });
}

}  // namespace certledger::cli
