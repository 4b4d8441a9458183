// Role: reads the log onwards from a position, batch by batch: what a projection or a process manager hangs
// on.
#pragma once

#include <certledger/store/event_store.hpp>

namespace certledger::store {

/// Durability: none; whoever wants to go on after a restart keeps position() with what it made of the
/// records, in one transaction. Threads: one at a time. Lifetime: the store outlives it.
class Subscription {
  public:
    /// The next record is the one behind `after`.
    explicit Subscription(const EventStore& store, Position after = 0) : store_(store), position_(after) {}

    /// Visits up to `max_records` of the records that follow, in order, and gives their number: 0 when the
    /// log has no more, or max_records is 0. A record is taken once `visit` has returned, also when that ends
    /// the batch by false; when `visit` throws, position() stays before its record. damaged: a record does
    /// not hold; position() stays before it.
    [[nodiscard]] Result<std::size_t> next(std::size_t max_records, const RecordVisitor& visit);

    /// Position of the last record taken.
    [[nodiscard]] Position position() const noexcept { return position_; }

  private:
    const EventStore& store_;
    Position position_;
};

}  // namespace certledger::store
