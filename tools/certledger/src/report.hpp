// Role: tells what came of commands: the events, the status now, what can be done next; or the refusal.
#pragma once

#include <certledger/domain/refusal.hpp>
#include <certledger/events/json/json.hpp>
#include <certledger/tools/engine/request.hpp>
#include <string>
#include <utility>
#include <vector>

#include "context.hpp"
#include "output/table.hpp"

namespace certledger::cli {

/// One answer in the form of `exec`.
[[nodiscard]] events::json::OrderedJson answer_json(const engine::Answer& answer);

/// Tells one refusal (stderr, or stdout with --json) and gives the exit code.
int refused(Output& out, const engine::Answer& answer);

/// Gathers the answers of one command line: the command's own and those of its follow-up work.
class Report {
  public:
    explicit Report(Context& context) : context_(&context) {}

    void add(const engine::Answer& answer);
    void add(const std::vector<engine::Answer>& answers);
    [[nodiscard]] bool was_refused() const noexcept { return !answers_.empty() && !answers_.back().ok; }
    /// A line for people, and a member for machines.
    void fact(const std::string& label, Cell value);
    void member(const std::string& name, events::json::OrderedJson value);
    /// What somebody has to do before it goes on; people see it after the facts, machines in "waiting_for".
    void waiting_for(const std::string& text);

    /// What failed outside after everything above: decides the exit code, unless there was a refusal.
    void failure(const Error& error);

    /// Prints everything; with a refusal among the answers that comes last. The exit code.
    [[nodiscard]] int finish();
    /// The certificate whose status and next steps are told.
    void about(const events::CertificateId& certificate) { certificate_ = certificate; }

  private:
    void print_for_people();
    void print_next();
    [[nodiscard]] events::json::OrderedJson document() const;

    Context* context_;
    std::vector<engine::Answer> answers_;
    std::vector<std::pair<std::string, Cell>> facts_;
    std::vector<std::string> waiting_for_;
    events::json::OrderedJson members_ = events::json::OrderedJson::object();
    std::optional<events::CertificateId> certificate_;
    std::optional<Error> failure_;
};

/// Executes one command about a certificate or a quota and reports it.
[[nodiscard]] Result<int> execute_and_report(Context& context, domain::Command command);

/// `paid`, `issued` … in the colour of its urgency.
[[nodiscard]] Cell status_cell(events::Status status);

/// `2026-01-02 03:04:05 Z`.
[[nodiscard]] std::string shown(events::Instant instant);
/// `2026-01-02`.
[[nodiscard]] std::string shown_date(events::Instant instant);
/// `3 d 4 h`, `2 h 5 min`, `40 s`.
[[nodiscard]] std::string shown_duration(std::int64_t seconds);

}  // namespace certledger::cli
