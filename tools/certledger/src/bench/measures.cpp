#include <certledger/tools/bench/bench.hpp>

#include "bench/verbs.hpp"
#include "context.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

struct MeasureInput {
    std::string name;
    std::string folder;
    std::string docs;
    std::string against;
    std::optional<std::int64_t> certificates;
    std::vector<std::int64_t> also_at;
    std::optional<std::int64_t> events;
    std::optional<std::int64_t> rounds;
    std::optional<std::int64_t> seed;
};

/// The command that measures the same again; the folder is everybody's own.
std::string typed(const MeasureInput& in) {
    std::string line = "certledger bench " + in.name;
    const auto add = [&](const char* name, const std::optional<std::int64_t>& value) {
        if (value) line += std::string(" ") + name + " " + std::to_string(*value);
    };
    add("--certificates", in.certificates);
    for (const auto size : in.also_at) add("--also-at", size);
    add("--events", in.events);
    add("--rounds", in.rounds);
    add("--seed", in.seed);
    if (!in.against.empty()) line += " --against " + in.against;
    if (!in.docs.empty()) line += " --out " + in.docs;
    return line;
}

std::string spread_text(const bench::Spread& spread) {
    return bench::readable(spread.low) + " to " + bench::readable(spread.high);
}

void print_section(Output& out, const bench::Section& section) {
    out.line(out.paint(Style::accent, section.title));
    std::string sizes;
    for (const auto& [what, count] : section.sizes) {
        std::string words = what;
        for (char& c : words) c = c == '_' ? ' ' : c;
        sizes += (sizes.empty() ? "" : ", ") + words + " " + std::to_string(count);
    }
    if (!sizes.empty()) out.line(out.paint(Style::faint, sizes));
    Table table({{"FIGURE", false, false, 24},
                 {"MEDIAN", true, true},
                 {"SPREAD", true, true, 8, 2},
                 {"UNIT", false, true, 4, 1}});
    for (const auto& figure : section.figures) {
        const Style style = figure.limit ? Style::faint : Style::plain;
        table.add({{figure.label, style},
                   {bench::readable(figure.value.median), style},
                   {spread_text(figure.value), Style::faint},
                   {figure.unit, style}});
    }
    for (const auto& ratio : section.ratios) {
        table.add({{ratio.label},
                   {bench::readable(ratio.value.median), Style::accent},
                   {spread_text(ratio.value), Style::faint},
                   {"times"}});
    }
    table.print(out);
    for (const auto& note : section.notes) out.line(note);
    out.line();
}

void print_report(Output& out, const bench::Report& report) {
    const auto& machine = report.machine;
    for (const auto& section : report.sections) print_section(out, section);
    print_facts(out, {{"machine", {machine.cpu + ", " + std::to_string(machine.cores) + " cores"}},
                      {"memory", {std::to_string(machine.memory_octets >> 20U) + " MiB"}},
                      {"system", {machine.kernel + ", " + machine.file_system}},
                      {"commit", {report.commit}},
                      {"command", {report.command}}});
}

Result<int> run_measures(Context& context, const MeasureInput& in) {
    Output& out = context.out();
    bench::Options options;
    const auto take = [](auto& slot, const std::optional<std::int64_t>& given) {
        if (given) slot = static_cast<std::remove_reference_t<decltype(slot)>>(*given);
    };
    take(options.certificates, in.certificates);
    take(options.events, in.events);
    for (const auto size : in.also_at) options.also_at.push_back(static_cast<std::uint64_t>(size));
    take(options.rounds, in.rounds);
    take(options.seed, in.seed);
    options.dir = in.folder;
    options.against_sqlite = in.against == "sqlite";
    options.command = typed(in);
    std::uint64_t steps = 0;
    options.progress = [&](const std::string& what) {
        out.end_progress();
        ++steps;
        out.progress(what, steps, steps);
    };
    const auto report = bench::run({in.name}, options);
    out.end_progress();
    if (!report) return tl::make_unexpected(report.error());
    if (out.json()) {
        out.document(events::json::OrderedJson::parse(bench::to_json(*report)));
    } else {
        print_report(out, *report);
    }
    if (in.docs.empty()) return exit_done;
    if (auto written = bench::write_paper(*report, in.docs); !written)
        return tl::make_unexpected(written.error());
    out.note("written: " + in.docs + "/PERFORMANCE.md");
    return exit_done;
}

void describe(Command& noun, const std::string& name, const std::string& summary) {
    auto in = std::make_shared<MeasureInput>();
    in->name = name;
    Command verb = noun.verb(name, summary);
    verb.option("--certificates", "N", "Size of the made-up ledger (default: 20000)",
                into(in->certificates, 100));
    verb.option("--also-at", "N",
                "Also measure views, query and startup on a ledger of this size; repeatable",
                [in](const std::string& text) -> std::string {
                    std::optional<std::int64_t> size;
                    auto fault = into(size, 100)(text);
                    if (fault.empty()) in->also_at.push_back(*size);
                    return fault;
                })
        .many();
    verb.option("--events", "N", "Events in the log before `append` measures (default: 100000)",
                into(in->events, 0));
    verb.option("--rounds", "N", "How often everything is measured (default: 5)", into(in->rounds, 1));
    verb.option("--seed", "S", "Another seed makes other certificates", into(in->seed));
    verb.option("--dir", "DIR", "Where to work, on the disk that is asked about; the ledger made there stays",
                into(in->folder))
        .path();
    const std::vector<std::string> others{"sqlite"};
    verb.option("--against", "WHAT", "Measure the same work on SQLite too, where its library is there",
                [in, others](const std::string& text) -> std::string {
                    if (text != others.front()) return one_of(others);
                    in->against = text;
                    return {};
                })
        .choices(others);
    verb.option("--out", "DIR", "Also write PERFORMANCE.md and its plots into this folder", into(in->docs))
        .path();
    verb.example("certledger bench " + name + " --dir /var/tmp/bench --rounds 3");
    verb.run([in](Context& context) { return run_measures(context, *in); });
}

}  // namespace

void describe_bench_measures(Command& noun) {
    for (const auto& bench : bench::benches()) describe(noun, bench.name, bench.summary);
    describe(noun, "all", "Everything, one after another");
    noun.note(
        "Each measures this program and what the machine allows in turns: trust the quotients before the "
        "figures.");
}

}  // namespace certledger::cli
