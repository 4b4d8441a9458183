#include <certledger/tools/evidence/keeper.hpp>

#include "context.hpp"
#include "nouns/nouns.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

struct InitInput {
    bool simulated_time = false;
    std::string origin;
};

Result<int> init(Context& context, const InitInput& in) {
    engine::LedgerOptions options;
    options.simulated_time = in.simulated_time;
    options.origin = in.origin;
    options.now = context.globals().now;
    options.actor = context.globals().actor;
    auto ledger = engine::Ledger::create(context.globals().ledger, options);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    ledger->keep_with(evidence::make_keeper(*ledger));
    const engine::LedgerInfo& info = ledger->info();
    Output& out = context.out();
    if (out.json()) {
        events::json::OrderedJson document;
        document["ledger"] = info.path;
        document["origin"] = info.origin;
        document["simulated_time"] = info.simulated_time;
        document["position"] = ledger->store().head().position;
        out.document(document);
    } else {
        print_facts(out,
                    {{"ledger", {info.path, Style::strong}},
                     {"origin", {info.origin}},
                     {"time", {info.simulated_time ? "simulated: only --now and commands bring it" : "real"}},
                     {"records", {std::to_string(ledger->store().head().position)}}});
    }
    if (auto closed = ledger->close(); !closed) return tl::make_unexpected(std::move(closed.error()));
    const auto first = evidence::Evidence(evidence::parts_of(*ledger)).sign();
    if (!first) return tl::make_unexpected(first.error());
    return exit_done;
}

}  // namespace

void describe_init(Command& noun) {
    auto in = std::make_shared<InitInput>();
    noun.flag("--simulated-time", "Time comes from the commands alone, for ever", in->simulated_time);
    noun.option("--origin", "NAME", "Names the log in its checkpoints (default: one is made up)",
                into(in->origin));
    noun.note(
        "Other commands make a ledger on first use; init is for choosing how time runs and the origin.");
    noun.example("certledger init --origin example.com/certledger");
    noun.example("certledger --ledger ./trial init --simulated-time --now 2026-01-01T00:00:00Z");
    noun.run([in](Context& context) { return init(context, *in); });
}

}  // namespace certledger::cli
