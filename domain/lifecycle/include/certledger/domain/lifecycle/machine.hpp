// Role: the judge of a certificate's status. A Boost.MSM state machine behind one pure function; the same
// function judges the events of a command before they are appended and every event of a replay.
//
// The machine says which event may follow in which status. Whether it may follow now, with these data, is
// decided in domain/decide.hpp.
#pragma once

#include <certledger/events/enums.hpp>
#include <certledger/events/event_types.hpp>
#include <optional>
#include <vector>

namespace certledger::lifecycle {

using events::EventType;
using events::Status;

/// The status after the event, or nothing when the event must not follow. `from` is empty before a stream's
/// first event. Events that do not stand on a certificate's stream never follow. Pure; may be called from any
/// thread.
[[nodiscard]] std::optional<Status> next(std::optional<Status> from, EventType event) noexcept;

/// One row of the transition table.
struct Transition {
    EventType event;
    std::optional<Status> from;  ///< Empty: before the first event.
    Status to;

    friend bool operator==(const Transition&, const Transition&) = default;
};

/// Every row, read out of the MSM machine itself: by event in the order of EventType, then by status.
[[nodiscard]] const std::vector<Transition>& transitions();

}  // namespace certledger::lifecycle
