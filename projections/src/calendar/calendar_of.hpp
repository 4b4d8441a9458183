// Role: one issued certificate in the calendar.
#pragma once

#include <certledger/projections/calendar/calendar.hpp>

#include "standing.hpp"

namespace certledger::projections {

/// The row must be issued.
[[nodiscard]] CalendarItem calendar_of(const CertificateRow& row, const policies::PolicyBook& book,
                                       Instant now);

}  // namespace certledger::projections
