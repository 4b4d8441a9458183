// Role: what is asked of a ledger and what it answers, as plain values. The fronts make the one and print the
// other.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/domain/refusal.hpp>
#include <certledger/store/event_store.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::engine {

/// One command with all that comes with it.
struct Request {
    std::string id;  ///< Idempotency key, per account; empty for a command that can be given again.
    events::AccountId account{"default"};
    std::string actor;
    std::string correlation;                     ///< Empty for none.
    events::Uuid causation;                      ///< Event that led to this command; nil for none.
    std::optional<events::Instant> occurred_at;  ///< Missing: the clock (rulings 4).
    /// Of the stream that the command names; missing: any.
    std::optional<store::ExpectedVersion> expected_version;
    domain::Command command;
};

/// An event as an answer names it.
struct EventRef {
    events::EventType type = events::EventType::ledger_created;
    events::StreamId stream;
    std::uint64_t version = 0;
    store::Position position = 0;
    events::Uuid id;

    friend bool operator==(const EventRef&, const EventRef&) = default;
};

/// The outcome of one request.
struct Answer {
    std::string id;  ///< That of the request.
    bool ok = false;
    bool replayed = false;  ///< The command id was known with the same content: this is its first answer.
    /// Of the last event; of a refusal that of its command-refused event, absent when none was written.
    std::optional<store::Position> position;
    std::vector<EventRef> events;  ///< In the order in which they stand in the log; none for a refusal.
    /// Of the named certificate after the command; absent for commands on quotas and policies.
    std::optional<events::Status> status;
    std::optional<events::QuotaId> quota;              ///< Set when the id was made here.
    std::optional<events::CertificateId> certificate;  ///< Set when the id was made here.
    std::optional<events::CertificateId> successor;    ///< Set when the id was made here.
    domain::CommandType command = domain::CommandType::buy_quota;
    std::optional<domain::Refusal> refusal;  ///< Set exactly when not ok.
};

}  // namespace certledger::engine
