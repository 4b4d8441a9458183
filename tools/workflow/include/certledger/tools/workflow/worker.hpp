// Role: carries out what was begun and left open, and what time makes due: the work behind `--no-wait`, after
// a crash, and of a ledger that nobody sits at.
//
//   Worker worker(ledger, settings);
//   for (;;) {
//       worker.tick(WorkerClock::now());
//       auto turn = worker.turn(WorkerClock::now(), show);
//       // …until turn->next, or until the log grows
//   }
#pragma once

#include <certledger/projections/open_work/open_work.hpp>
#include <certledger/tools/engine/tick.hpp>
#include <certledger/tools/workflow/workflow.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace certledger::workflow {

using WorkerClock = std::chrono::steady_clock;

struct WorkerSettings {
    std::string actor;
    ProofSource proof;
    /// Work is left alone until it has stood so long without a change: whoever began it may be at it.
    std::chrono::milliseconds settle{2'000};
    /// From one look at what time has made due to the next.
    std::chrono::milliseconds tick_every{60'000};
    /// What failed outside is tried again after the first, then after twice as long each time, up to the
    /// last.
    std::chrono::milliseconds retry_first{30'000};
    std::chrono::milliseconds retry_last{3'600'000};
};

/// What came of one piece of work.
struct Carried {
    projections::OpenWork work;
    Outcome outcome;
};

/// Told of each piece of work as soon as something came of it; false ends the turn.
using OnCarried = std::function<bool(const Carried&)>;

/// What one turn did.
struct Turn {
    std::size_t failed = 0;  ///< Pieces of work that failed outside.
    /// When there is something to do again, should the log not grow before.
    WorkerClock::time_point next;
};

/// Durability: that of the ledger. Threads: one; nothing else may use the ledger during a call, and nothing
/// may be pending in it. Lifetime: the ledger outlives it. Commands may be given beside it: work may then be
/// done twice, the ledger takes its end once. Of several workers each takes what another has done for news:
/// WorkerClaim keeps them apart.
class Worker {
  public:
    Worker(engine::Ledger& ledger, WorkerSettings settings);

    /// Makes what is due, when it is time to look. Errors are those of engine::tick().
    [[nodiscard]] Result<engine::TickReport> tick(WorkerClock::time_point now);

    /// Takes up all open work of every account that has settled and is not to be left for later; what fails
    /// there is in its outcome. Errors are those of the views, and damaged also for a piece of work that came
    /// upon it: what was done stays done, and the next turn goes on.
    [[nodiscard]] Result<Turn> turn(WorkerClock::time_point now, const OnCarried& carried);

  private:
    using Key = std::tuple<std::string, events::EventType, std::string>;
    /// What is known of a piece of work.
    struct Known {
        std::uint64_t version = 0;         ///< Of the stream, when it was last looked at.
        WorkerClock::time_point take_up;   ///< Not before.
        std::chrono::milliseconds wait{};  ///< Before the next try; none: nothing has failed.
        bool waits = false;                ///< For somebody else, until the stream changes.
        std::uint64_t seen = 0;            ///< The last turn in which it was open.
    };

    [[nodiscard]] Known& known_of(const projections::OpenWork& work, WorkerClock::time_point now);
    [[nodiscard]] Result<std::vector<projections::OpenWork>> open_work();
    /// What fails is in its outcome.
    [[nodiscard]] Carried carry(const projections::OpenWork& work);
    void remember(const Carried& carried, Known& known, WorkerClock::time_point now);

    engine::Ledger& ledger_;
    const WorkerSettings settings_;
    Workflow flow_;
    std::map<Key, Known> known_;
    std::optional<WorkerClock::time_point> next_tick_;
    std::uint64_t turns_ = 0;
};

}  // namespace certledger::workflow
