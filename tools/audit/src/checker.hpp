// Role: checks one record after another against the records before it.
#pragma once

#include <certledger/store/tlog/right_edge.hpp>
#include <certledger/tools/audit/verify.hpp>
#include <string>

#include "prepared.hpp"
#include "redecider.hpp"
#include "repeats.hpp"
#include "stream_checks.hpp"

namespace certledger::audit {

/// Not thread-safe. Told each record once, in order; then, while next_pass() says so, of each record what
/// take_again() needs.
class Checker {
  public:
    /// Is told what does not hold, and of which record; position 0: of none.
    using Report = std::function<void(store::Position, std::string)>;

    Checker(const store::EventStore& log, const policies::Zones& zones, const VerifyOptions& options,
            Report report)
        : log_(log),
          report_(std::move(report)),
          streams_(options.streams_in_memory, report_),
          redecider_(log, zones, options.states_in_memory, report_) {}

    /// Everything about the record; `thorough` false: only what the folds and the tree need. The event is
    /// taken out.
    void take(Prepared& prepared, bool thorough);
    /// What only the end shows: what stands twice, halves of commands. Ends the first pass.
    void finish();
    /// Whether the records must be told again, because not all streams found room in one pass.
    [[nodiscard]] bool next_pass() { return streams_.next_pass(); }
    void take_again(const Prepared& prepared, bool thorough);

    [[nodiscard]] const store::tlog::RightEdge& edge() const noexcept { return edge_; }
    [[nodiscard]] bool whole() const noexcept { return !missed_; }
    [[nodiscard]] std::uint64_t streams() const noexcept { return streams_.streams(); }
    [[nodiscard]] std::uint64_t passes() const noexcept { return streams_.passes(); }
    [[nodiscard]] std::uint64_t decisions() const noexcept { return redecider_.decisions(); }

  private:
    void say(std::string message);
    void miss(const std::string& why);
    void check_times(const events::RecordView& record);
    void check_kind(const events::RecordView& record);
    void note_ids(const events::RecordView& record);
    void report_repeats();

    const store::EventStore& log_;
    Report report_;
    store::tlog::RightEdge edge_;
    store::Position position_ = 0;
    events::Instant recorded_at_ = events::kEarliest;
    bool missed_ = false;
    bool thorough_ = true;
    StreamChecks streams_;
    Repeats event_ids_;
    Repeats command_ids_;
    std::string last_command_;  ///< Account and id of the last record's command.
    Redecider redecider_;
};

}  // namespace certledger::audit
