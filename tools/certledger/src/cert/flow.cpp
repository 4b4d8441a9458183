#include "cert/flow.hpp"

namespace certledger::cli {

void describe_responder(Command& verb, std::optional<workflow::ProofSource>& proof) {
    verb.option("--responder", "WHERE",
                "Where http-file proofs are looked for: embedded (default), public, or HOST:PORT",
                into(proof, workflow::proof_source_from_string, "must be embedded, public or HOST:PORT"));
}

Result<workflow::Workflow> make_workflow(Context& context,
                                         const std::optional<workflow::ProofSource>& proof) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    workflow::Settings settings;
    settings.account = context.account();
    settings.actor = context.globals().actor;
    if (proof) settings.proof = *proof;
    return workflow::Workflow(**ledger, std::move(settings));
}

void add_outcome(Report& report, const workflow::Outcome& outcome) {
    report.add(outcome.answers);
    for (const auto& text : outcome.waiting_for) report.waiting_for(text);
    if (outcome.failure) report.failure(*outcome.failure);
}

}  // namespace certledger::cli
