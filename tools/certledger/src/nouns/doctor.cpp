#include <certledger/adapters/system/uuid_generator.hpp>
#include <certledger/tools/evidence/doctor.hpp>
#include <certledger/tools/evidence/keeper.hpp>

#include "nouns/evidence.hpp"
#include "output/table.hpp"

namespace certledger::cli {
namespace {

using events::json::OrderedJson;
using evidence::Weight;

struct DoctorInput {
    bool accept_rollback = false;
    std::string reason;
    std::string new_origin;
};

Style style_of(Weight weight) {
    switch (weight) {
        case Weight::good:
            return Style::good;
        case Weight::note:
            return Style::accent;
        case Weight::warning:
            return Style::warn;
        case Weight::fault:
            return Style::bad;
    }
    return Style::plain;
}

void print_report(Output& out, const evidence::DoctorReport& report) {
    if (out.json()) {
        OrderedJson document;
        document["ok"] = report.worst() != Weight::fault;
        document["worst"] = events::to_name(report.worst());
        document["findings"] = OrderedJson::array();
        for (const auto& finding : report.findings) {
            document["findings"].push_back({{"check", finding.check},
                                            {"weight", events::to_name(finding.weight)},
                                            {"says", finding.says},
                                            {"advice", finding.advice}});
        }
        return out.document(document);
    }
    for (const auto& finding : report.findings) {
        out.line(out.paint(style_of(finding.weight), std::string(events::to_name(finding.weight))) + "  " +
                 finding.check + ": " + finding.says);
        if (!finding.advice.empty()) out.line("    advice: " + finding.advice);
    }
}

Result<int> look_over(Context& context) {
    const auto report = evidence::examine(context.globals().ledger);
    if (!report) return tl::make_unexpected(report.error());
    print_report(context.out(), *report);
    return report->worst() == Weight::fault ? exit_damaged : exit_done;
}

Result<int> accept_rollback(Context& context, const DoctorInput& in) {
    auto ledger = existing_ledger(context);
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto now = context.globals().now;
    if (now && *now < (*ledger)->store().head().recorded_at)
        return fail(ErrorKind::invalid_input, "--now: is before the last recorded event");
    evidence::RollbackDecision decision;
    decision.reason = in.reason;
    decision.actor = context.globals().actor;
    decision.account = context.account().value;
    decision.at = (*ledger)->command_now();
    decision.event_id = adapters::system::UuidGenerator().next(decision.at);
    decision.new_origin = in.new_origin;
    const auto done =
        evidence::Evidence(evidence::parts_of(**ledger)).accept_rollback((*ledger)->store(), decision);
    if (!done) return tl::make_unexpected(done.error());
    Output& out = context.out();
    if (out.json()) {
        OrderedJson document;
        document["position"] = done->position;
        document["checkpoint_size"] = done->checkpoint_size;
        document["found_size"] = done->found_size;
        document["root"] = events::to_base64(done->checkpoint.checkpoint.root);
        out.document(document);
    } else {
        print_facts(
            out, {{"accepted", {"the log goes on", Style::warn}},
                  {"given out", {"a checkpoint over " + std::to_string(done->checkpoint_size) + " records"}},
                  {"found", {std::to_string(done->found_size) + " records"}},
                  {"event", {"position " + std::to_string(done->position)}}});
    }
    return exit_done;
}

Result<int> doctor(Context& context, const DoctorInput& in) {
    if (!in.accept_rollback) {
        if (!in.reason.empty() || !in.new_origin.empty())
            return fail(ErrorKind::invalid_input, "--reason and --new-origin go with --accept-rollback");
        return look_over(context);
    }
    if (in.reason.empty()) return fail(ErrorKind::invalid_input, "--accept-rollback needs --reason TEXT");
    return accept_rollback(context, in);
}

}  // namespace

void describe_doctor(Command& noun) {
    auto in = std::make_shared<DoctorInput>();
    noun.flag("--accept-rollback",
              "Go on with a log that is behind a checkpoint given out; the decision is an event",
              in->accept_rollback);
    noun.option("--reason", "TEXT", "Why, for the record", into(in->reason));
    noun.option("--new-origin", "NAME", "Go on under this name with a new key, so that witnesses begin anew",
                into(in->new_origin));
    noun.note(
        "Looks at file modes, disk space, free pages, address space, readers, clock, views, keys and "
        "checkpoints.");
    noun.example("certledger doctor");
    noun.example(
        "certledger doctor --accept-rollback --reason \"restored the backup of Monday after a disk "
        "failure\"");
    noun.run([in](Context& context) { return doctor(context, *in); });
}

}  // namespace certledger::cli
