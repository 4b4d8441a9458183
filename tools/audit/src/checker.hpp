// Role: checks one record after another against the records before it.
#pragma once

#include <certledger/store/tlog/right_edge.hpp>
#include <string>
#include <unordered_map>

#include "prepared.hpp"
#include "redecider.hpp"
#include "repeats.hpp"

namespace certledger::audit {

/// What is remembered of a stream: little, since there may be millions.
struct StreamFold {
    std::uint64_t version = 0;
    store::Position last = 0;
    events::Instant first_at;
    std::uint32_t account = 0;  ///< Index into the accounts seen.
    std::optional<events::Status> status;
};

/// Not thread-safe. Told each record once, in order.
class Checker {
  public:
    /// Is told what does not hold, and of which record; position 0: of none.
    using Report = std::function<void(store::Position, std::string)>;

    Checker(const store::EventStore& log, const policies::Zones& zones, Report report)
        : log_(log), report_(std::move(report)), redecider_(log, zones, report_) {}

    /// Everything about the record; `thorough` false: only what the folds and the tree need. The event is
    /// taken out.
    void take(Prepared& prepared, bool thorough);
    /// What only the end shows: what stands twice, halves of commands, balances of quotas.
    void finish();

    [[nodiscard]] const store::tlog::RightEdge& edge() const noexcept { return edge_; }
    [[nodiscard]] bool whole() const noexcept { return !missed_; }
    [[nodiscard]] std::uint64_t streams() const noexcept { return streams_.size(); }
    [[nodiscard]] std::uint64_t decisions() const noexcept { return redecider_.decisions(); }

  private:
    void say(std::string message);
    void miss(const std::string& why);
    void check_times(const events::RecordView& record);
    void check_kind(const events::RecordView& record);
    void check_order(const events::RecordView& record, StreamFold& stream);
    void check_status(const events::RecordView& record, StreamFold& stream);
    void note_ids(const events::RecordView& record);
    void report_repeats();

    const store::EventStore& log_;
    Report report_;
    store::tlog::RightEdge edge_;
    store::Position position_ = 0;
    events::Instant recorded_at_ = events::kEarliest;
    bool missed_ = false;
    bool thorough_ = true;
    std::unordered_map<std::string, StreamFold> streams_;
    std::unordered_map<std::string, std::uint32_t> accounts_;
    Repeats event_ids_;
    Repeats command_ids_;
    std::string last_command_;  ///< Account and id of the last record's command.
    Redecider redecider_;
};

}  // namespace certledger::audit
