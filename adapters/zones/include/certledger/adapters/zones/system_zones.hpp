// Role: time zones out of the system's own database (tzdata), for refund windows in calendar days.
#pragma once

#include <certledger/domain/policies/book.hpp>

namespace certledger::adapters::zones {

/// Reads the database when a zone other than UTC is first asked for, once for the whole process; without a
/// database there is only UTC. Thread-safe.
class SystemZones final : public policies::Zones {
  public:
    [[nodiscard]] bool exists(std::string_view zone) const override;
    [[nodiscard]] events::Date local_date(std::string_view zone, events::Instant instant) const override;
    /// Where the clocks skip 23:59:59 of the date, the last second before they do.
    [[nodiscard]] events::Instant end_of_day(std::string_view zone, events::Date date) const override;
};

}  // namespace certledger::adapters::zones
