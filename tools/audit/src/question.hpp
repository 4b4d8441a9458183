// Role: the command that events of the log answer, put together again from the events alone.
#pragma once

#include <certledger/domain/decide.hpp>
#include <certledger/store/event_store.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::audit {

/// A record's event with what a decision needs of its envelope.
struct HeldEvent {
    store::Position position = 0;
    std::string stream;
    std::string account;
    std::string command;
    events::Instant occurred_at;
    std::uint64_t version = 0;
    events::Event event;
};

/// What is asked of the rules, and the facts that the records themselves tell. Personal data stand in for
/// themselves: that they were given is all that a rule looks at.
struct Question {
    domain::CommandHeader header;
    domain::Command command;
    domain::Facts facts;
};

/// How many events must be seen before a command that begins with this one can be told.
[[nodiscard]] std::size_t events_needed(const std::vector<HeldEvent>& group);

/// The command that a group of events begins to answer; nothing for events that never stand first.
/// `names` are those of the certificate that the first event is about.
[[nodiscard]] std::optional<Question> question_of(const std::vector<HeldEvent>& group,
                                                  const domain::World& world);

}  // namespace certledger::audit
