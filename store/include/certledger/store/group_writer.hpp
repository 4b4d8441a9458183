// Role: the one writer that many producers share: it takes everything that is queued, commits it in one step,
// answers, and takes again. There is no timer: while one commit is on its way to the disk the next one
// gathers.
#pragma once

#include <certledger/store/event_store.hpp>
#include <condition_variable>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace certledger::store {

/// Durability: an answer means what append() means in the engine. Threads: submit() from any; answers come on
/// the writer's own thread, in the order in which the appends were submitted. Lifetime: within the engine's;
/// the destructor writes and answers what is queued.
class GroupWriter {
  public:
    /// What became of an append.
    class Outcome {
      public:
        explicit Outcome(Result<std::vector<Stored>> stored) : stored_(std::move(stored)) {}
        explicit Outcome(std::exception_ptr unknown)
            : stored_(fail(ErrorKind::outside, "the outcome of the commit is unknown")), unknown_(unknown) {}

        /// As of EventStore::append(); throws OutcomeUnknown where that would.
        [[nodiscard]] Result<std::vector<Stored>> get() && {
            if (unknown_) std::rethrow_exception(unknown_);
            return std::move(stored_);
        }

      private:
        Result<std::vector<Stored>> stored_;
        std::exception_ptr unknown_;
    };

    /// Receives an answer. Must not throw, and must not submit while the queue may be full: nobody else
    /// empties it.
    using Done = std::function<void(Outcome)>;

    struct Limits {
        std::size_t queued = 16'384;    ///< Appends in the queue, besides those taken, before submit() waits.
        std::size_t committed = 4'096;  ///< Appends of one commit; beyond, only the answers come later.
    };

    explicit GroupWriter(EventStore& engine) : GroupWriter(engine, Limits{}) {}
    GroupWriter(EventStore& engine, Limits limits);
    GroupWriter(const GroupWriter&) = delete;
    GroupWriter& operator=(const GroupWriter&) = delete;
    ~GroupWriter();

    /// Queues the append; waits while the queue is full.
    void submit(Append append, Done done);
    /// The same, with the answer in a future.
    [[nodiscard]] std::future<Result<std::vector<Stored>>> submit(Append append);

  private:
    void run();
    /// False when there is nothing left and no more will come.
    [[nodiscard]] bool take(std::vector<Append>& appends, std::vector<Done>& waiting);
    void commit(std::span<const Append> appends, std::span<const Done> waiting);

    EventStore& engine_;
    const Limits limits_;
    std::mutex mutex_;
    std::condition_variable queued_;
    std::condition_variable room_;
    std::vector<Append> queue_;
    std::vector<Done> waiting_;  ///< One for each of them.
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace certledger::store
