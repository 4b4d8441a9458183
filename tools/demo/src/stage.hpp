// Role: a ledger on which the demo plays, with its clock. Private to the demo.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/tools/demo/demo.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/engine/tick.hpp>
#include <certledger/tools/workflow/workflow.hpp>
#include <string>
#include <vector>

namespace certledger::demo {

using events::Instant;

/// Gives commands at the demo's time. An unexpected refusal is a fault of the demo and ends it with an error.
class Stage {
  public:
    Stage(engine::Ledger& ledger, Report& report) : ledger_(&ledger), report_(&report) {}

    [[nodiscard]] Instant now() const noexcept { return now_; }
    /// Time never goes back.
    void set_time(Instant now) { now_ = std::max(now_, now); }
    /// A little later than the step before.
    void pass(std::int64_t seconds) { now_ = now_.plus_seconds(seconds); }

    [[nodiscard]] engine::Ledger& ledger() noexcept { return *ledger_; }
    [[nodiscard]] Report& report() noexcept { return *report_; }

    /// Decides and commits one command that must be accepted.
    [[nodiscard]] Result<engine::Answer> give(domain::Command command);
    /// One that must be refused: to leave a refusal for `cert why`.
    [[nodiscard]] Result<void> expect_refusal(domain::Command command);
    /// A workflow at the demo's time.
    [[nodiscard]] workflow::Workflow workflow(workflow::ProofSource proof = {});
    /// Takes a workflow's outcome; refused or failed is an error unless `may_fail`.
    [[nodiscard]] Result<void> took(Result<workflow::Outcome> outcome, bool may_fail = false);
    /// Everything that time alone brings about up to now.
    [[nodiscard]] Result<void> tick();

  private:
    engine::Ledger* ledger_;
    Report* report_;
    Instant now_ = *events::instant_from_string("2026-04-01T08:00:00Z");
};

}  // namespace certledger::demo
