// Role: the rules behind a certificate's events in words: which version of which policy, its terms, and the
// arithmetic of a refund.
#pragma once

#include <certledger/events/json/json.hpp>
#include <certledger/projections/views.hpp>

#include <optional>
#include <string>
#include <vector>

namespace certledger::cli {

/// A rule that an event says it was decided under.
struct AppliedRule {
    events::EventType event = events::EventType::certificate_issued;
    store::Position position = 0;
    events::PolicyRef ref;
    std::optional<events::Policy> policy;  ///< As the moment knows it.
};

/// The rules that an event names, in the order of its fields.
[[nodiscard]] std::vector<AppliedRule> rules_of(const projections::Moment& moment,
                                                const events::RecordView& record);

/// `refund policy, version 1: days 30; clock issue …`.
[[nodiscard]] std::string rule_text(const AppliedRule& rule);
[[nodiscard]] events::json::OrderedJson rule_json(const AppliedRule& rule);

/// What comes back and why, with the arithmetic: a sentence or two. Empty when there is nothing to say.
[[nodiscard]] std::string refund_text(const projections::Refund& refund);

}  // namespace certledger::cli
