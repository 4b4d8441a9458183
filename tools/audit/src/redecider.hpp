// Role: makes every decision of the log again: the command that the events answer is put to the rules, in the
// world as it was, and what comes out must be what was recorded, event by event and all of it.
#pragma once

#include <functional>
#include <vector>

#include "audit_world.hpp"
#include "question.hpp"

namespace certledger::audit {

/// Not thread-safe. Told each record once, in order.
class Redecider {
  public:
    using Report = std::function<void(store::Position, std::string)>;

    Redecider(const store::EventStore& log, const policies::Zones& zones, std::size_t most_states,
              Report report)
        : world_(log, zones, most_states), report_(std::move(report)) {}

    /// `judge` false: only folds. Judging begins with the first command that begins behind such a record.
    void take(const events::RecordView& record, events::Event event, bool judge);
    /// The record at this position did not read, or not as an event.
    void miss(store::Position position);
    /// The end of the log: nothing may be missing of a command.
    void finish();

    [[nodiscard]] std::uint64_t decisions() const noexcept { return decisions_; }

  private:
    void fold(const events::RecordView& record, const events::Event& event);
    void only_fold(const events::RecordView& record, const events::Event& event);
    [[nodiscard]] bool fits_expected(const HeldEvent& held) const;
    void answer_expected(HeldEvent held);
    void end_group();
    void judge_group();
    void compare(const std::vector<domain::Caused>& again);
    void half_done();

    AuditWorld world_;
    Report report_;
    std::vector<HeldEvent> group_;          ///< Events whose command is not told yet.
    std::vector<domain::Caused> expected_;  ///< What must follow of the last command, the next one last.
    HeldEvent answered_;                    ///< The last event of that command.
    bool amid_ = false;                     ///< The record before was not judged.
    std::uint64_t decisions_ = 0;
};

}  // namespace certledger::audit
