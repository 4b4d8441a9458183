// Role: the streams that certificates' rows depend on, gathered and folded up to a point.
#pragma once

#include <certledger/projections/projector.hpp>
#include <map>
#include <set>
#include <string>

namespace certledger::projections {

/// Certificates, by id, that were ever deployed on a target of an account.
[[nodiscard]] std::set<std::string> ever_deployed_on(const RowReader& later, std::string_view account,
                                                     std::string_view target);

/// Collects streams up to a position and folds them in the order of the log.
class Concerned {
  public:
    Concerned(const store::EventStore& log, const RowReader& later, Position position)
        : log_(log), later_(later), position_(position) {}

    /// A certificate whose row shall be right: its stream and all that its row depends on.
    [[nodiscard]] Result<void> add_certificate(const std::string& id);
    /// Any other stream.
    [[nodiscard]] Result<void> add_stream(const events::StreamId& stream);

    /// Folds what was collected; events on certificates and quotas that happened later are left out.
    [[nodiscard]] Result<void> fold_into(MemoryRows& rows, const std::optional<Instant>& as_at) const;

  private:
    const store::EventStore& log_;
    const RowReader& later_;
    Position position_;
    std::set<std::string> taken_;
    std::map<Position, events::Bytes> records_;
};

}  // namespace certledger::projections
