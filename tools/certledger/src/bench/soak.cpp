#include <certledger/events/json/json.hpp>
#include <certledger/tools/bench/report.hpp>
#include <certledger/tools/bench/soak.hpp>

#include "bench/verbs.hpp"
#include "context.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;

struct SoakInput {
    std::string folder = "certledger-soak";
    std::optional<std::int64_t> seconds;
    std::optional<std::int64_t> seed;
};

OrderedJson soak_json(const bench::SoakReport& report, const std::string& folder) {
    OrderedJson document;
    document["ledger"] = folder + "/ledger";
    document["good"] = report.good();
    document["counts"] = OrderedJson::object();
    for (const auto& [what, count] : report.counts) document["counts"][what] = count;
    document["samples"] = OrderedJson::array();
    for (const auto& sample : report.samples) {
        OrderedJson entry;
        entry["second"] = sample.second;
        entry["memory"] = sample.memory;
        entry["events"] = sample.events;
        entry["log_octets"] = sample.log_octets;
        entry["index_octets"] = sample.index_octets;
        entry["views_octets"] = sample.views_octets;
        document["samples"].push_back(std::move(entry));
    }
    document["faults"] = report.faults;
    return document;
}

void print_soak(Output& out, const bench::SoakReport& report) {
    Table table({{"SECOND", true, true},
                 {"MEMORY", true, true},
                 {"EVENTS", true, true},
                 {"LOG", true, true},
                 {"INDEX", true, true},
                 {"VIEWS", true, true}});
    const auto octets = [](std::uint64_t count) { return Cell{bench::readable(static_cast<double>(count))}; };
    // Some twenty rows show the course as well as two hundred.
    const std::size_t step = std::max<std::size_t>(1, report.samples.size() / 20);
    for (std::size_t i = 0; i < report.samples.size(); i += step) {
        const auto& sample = report.samples[i];
        table.add({{bench::readable(sample.second)},
                   octets(sample.memory),
                   {std::to_string(sample.events)},
                   octets(sample.log_octets),
                   octets(sample.index_octets),
                   octets(sample.views_octets)});
    }
    table.print(out);
    std::vector<std::pair<std::string, Cell>> facts;
    for (const auto& [what, count] : report.counts) facts.emplace_back(what, Cell{std::to_string(count)});
    print_facts(out, facts);
    for (const auto& fault : report.faults) out.complaint(fault);
    if (report.good())
        out.line(out.paint(Style::good, "everything that was answered is there, and nothing else"));
}

Result<int> run_soak(Context& context, const SoakInput& in) {
    Output& out = context.out();
    bench::SoakOptions options;
    options.dir = in.folder;
    options.seconds = static_cast<std::uint64_t>(in.seconds.value_or(120));
    options.seed = static_cast<std::uint64_t>(in.seed.value_or(1));
    options.progress = [&out](std::uint64_t second, std::uint64_t whole) {
        out.progress("soak", second, whole);
    };
    const auto report = bench::soak(options);
    out.end_progress();
    if (!report) return tl::make_unexpected(report.error());
    if (out.json()) {
        out.document(soak_json(*report, in.folder));
    } else {
        print_soak(out, *report);
    }
    return report->good() ? exit_done : exit_damaged;
}

}  // namespace

void describe_bench_soak(Command& noun) {
    auto in = std::make_shared<SoakInput>();
    Command verb = noun.verb("soak", "A ledger under everything at once, for as long as asked");
    verb.argument("DIR", "Folder of the new ledger, which stays (default: certledger-soak)",
                  into(in->folder));
    verb.option("--seconds", "N", "How long (default: 120)", into(in->seconds, 5));
    verb.option("--seed", "S", "Another seed makes other commands", into(in->seed));
    verb.note(
        "Commands, questions about now and then, views made anew, a slow reader, checkpoints being signed, "
        "and a "
        "process that is killed and started again. Ends with 4 when an answered event is lost, `audit "
        "verify` finds "
        "something, memory is not flat, or a file grows faster than the events in the log.");
    verb.example("certledger bench soak --seconds 3600 /var/tmp/soak");
    verb.run([in](Context& context) { return run_soak(context, *in); });
}

}  // namespace certledger::cli
