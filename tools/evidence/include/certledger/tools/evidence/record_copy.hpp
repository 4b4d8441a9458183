// Role: puts records that were read elsewhere into an empty log, octet by octet the same: positions,
// versions, times and so the root of the tree. For restore and import.
#pragma once

#include <certledger/store/event_store.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <span>

namespace certledger::evidence {

/// Takes records in the order of their positions and appends them in batches. Threads: one.
class RecordCopy {
  public:
    /// The log must be empty and nobody else may write to it.
    explicit RecordCopy(store::EventStore& log) : log_(log) {}

    /// damaged: no record, or not the one that follows; nothing more may be taken then. Otherwise as
    /// append().
    [[nodiscard]] Result<void> take(std::span<const std::uint8_t> record);
    /// Appends what is left and gives the tree of the whole log, made of the octets that were given; the
    /// log's own root is the same (else damaged).
    [[nodiscard]] Result<store::TreeHead> finish();

    [[nodiscard]] store::Position position() const noexcept { return position_; }

  private:
    [[nodiscard]] Result<void> flush();

    store::EventStore& log_;
    store::Append batch_;
    std::size_t batch_octets_ = 0;
    std::vector<store::Stored> expected_;
    store::Position position_ = 0;
    store::tlog::RightEdge edge_;  ///< Of the octets that were given.
};

}  // namespace certledger::evidence
