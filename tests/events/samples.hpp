// Role: values of every event type for the tests, behind functions, so that one translation unit pays for the
// templates over all event types.
#pragma once

#include <certledger/events/codec.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/testing/generators.hpp>
#include <string>
#include <vector>

namespace certledger::testing {

/// Every event type, in the order of its code.
[[nodiscard]] std::vector<events::EventType> event_types();

/// A made-up event of the type.
[[nodiscard]] events::Event random_event(events::EventType type, Random& random);

/// Fixed values that golden files keep, of each alternative where a type has some: one with everything set,
/// one with everything empty, one at the limits.
[[nodiscard]] std::vector<events::Event> sample_events(events::EventType type);

/// A whole record around each of sample_events(): canonical octets.
[[nodiscard]] std::vector<events::Bytes> sample_records(events::EventType type);

/// A made-up record with a made-up event of the type. The views point into `storage`.
struct RandomRecord {
    std::string stream, actor, account, command, correlation;
    events::Bytes payload;
    events::RecordView view;
};
void fill_random_record(events::EventType type, Random& random, RandomRecord& storage);

/// Equality of events (a template over all types: compiled once).
[[nodiscard]] bool same(const events::Event& a, const events::Event& b);

[[nodiscard]] events::Bytes encoded(const events::Event& event);
[[nodiscard]] events::Bytes encoded(const events::RecordView& record);

/// The generated part of docs/FORMAT.md: currencies, enumerations, and the fields of every event type.
[[nodiscard]] std::string format_tables();

}  // namespace certledger::testing
