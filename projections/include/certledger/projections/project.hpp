// Role: the fold from records to rows.
#pragma once

#include <certledger/events/envelope.hpp>
#include <certledger/events/events.hpp>
#include <certledger/projections/memory_rows.hpp>

namespace certledger::projections {

/// What a fold does with an event that the lifecycle machine forbids.
enum class Forbidden {
    marks_broken,  ///< It changes nothing else: a damaged log is a finding, never a crash.
    is_passed_by,  ///< For a fold of some of the events: others may be missing before it.
};

/// Folds one event into the rows. Total: never fails, whatever the event.
void project(MemoryRows& rows, const events::RecordView& record, const events::Event& event,
             Forbidden forbidden = Forbidden::marks_broken);

}  // namespace certledger::projections
