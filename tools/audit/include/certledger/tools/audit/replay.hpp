// Role: folds the log again and shows the states, at the end or event by event.
#pragma once

#include <certledger/events/enums.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <optional>
#include <string>

namespace certledger::audit {

struct ReplayOptions {
    std::optional<store::Position> to;  ///< Up to here; missing: the head.
    std::optional<std::string> stream;  ///< Only this stream.
};

/// Where a stream stands after an event.
struct ReplayState {
    std::string stream;
    std::uint64_t version = 0;
    store::Position position = 0;          ///< Of its last event.
    std::optional<events::Status> status;  ///< Of a certificate.
    bool broken = false;  ///< An event followed that the machine forbids; it changed nothing.
};

struct ReplayReport {
    store::Position to = 0;
    std::uint64_t records = 0;
    std::uint64_t broken = 0;  ///< Events that the machine forbids.
};

/// Told after each event; the record's views hold until it returns.
using OnEvent = std::function<void(const events::RecordView& record, const ReplayState& state)>;
/// Told at the end, once for each stream, in the order of their first events.
using OnState = std::function<void(const ReplayState& state)>;

/// ErrorKind::damaged names the first record that does not read; what was told before holds.
[[nodiscard]] Result<ReplayReport> replay(const store::EventStore& log, const ReplayOptions& options,
                                          const OnEvent& each, const OnState& at_end);

}  // namespace certledger::audit
