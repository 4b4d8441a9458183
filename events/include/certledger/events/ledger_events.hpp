// Role: events of the ledger itself, of policies and of refusals.
//
// Fixed-width fields come first and text after, so that a fold can read where the data lies.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/policy.hpp>
#include <certledger/events/product.hpp>
#include <certledger/events/refusal_code.hpp>

namespace certledger::events {

/// Genesis: position 1 of every ledger.
struct LedgerCreated {
    static constexpr EventType kType = EventType::ledger_created;
    static constexpr unsigned kSchema = 1;
    std::int64_t format = 1;      ///< Format of the log (docs/FORMAT.md).
    bool simulated_time = false;  ///< Whether time comes from the commands alone, for ever.
    std::string origin;           ///< Names the log in its checkpoints.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("format", format) & make_nvp("simulated_time", simulated_time) &
            make_nvp("origin", origin);
    }
    friend bool operator==(const LedgerCreated&, const LedgerCreated&) = default;
};

/// An operator decided to go on with a log that is behind a checkpoint given out before.
struct RollbackAccepted {
    static constexpr EventType kType = EventType::rollback_accepted;
    static constexpr unsigned kSchema = 1;
    std::int64_t checkpoint_size = 0;  ///< Size in the checkpoint that was given out.
    std::int64_t found_size = 0;       ///< Size of the log that was found.
    Digest checkpoint_root{};
    std::string reason;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("checkpoint_size", checkpoint_size) & make_nvp("found_size", found_size) &
            make_nvp("checkpoint_root", checkpoint_root) & make_nvp("reason", reason);
    }
    friend bool operator==(const RollbackAccepted&, const RollbackAccepted&) = default;
};

/// A dated rule; in force for decisions about instants from its effective date on.
struct PolicyAdopted {
    static constexpr EventType kType = EventType::policy_adopted;
    static constexpr unsigned kSchema = 1;
    Policy policy;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("policy", policy);
    }
    friend bool operator==(const PolicyAdopted&, const PolicyAdopted&) = default;
};

/// A command changed nothing; this says why.
struct CommandRefused {
    static constexpr EventType kType = EventType::command_refused;
    static constexpr unsigned kSchema = 1;
    RefusalCode code = RefusalCode::illegal_transition;
    std::optional<Status> status;  ///< Status of the named stream; absent when there is none.
    std::string command;           ///< Name of the command.
    std::string message;
    std::optional<std::string> field;  ///< The field that the rule looks at, where there is one.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("code", code) & make_nvp("status", status) & make_nvp("command", command) &
            make_nvp("message", message) & make_nvp("field", field);
    }
    friend bool operator==(const CommandRefused&, const CommandRefused&) = default;
};

}  // namespace certledger::events
