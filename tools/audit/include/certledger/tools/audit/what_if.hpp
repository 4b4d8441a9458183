// Role: reads the log as if other rules had been in force, and says which of its decisions would have been
// others and what that comes to in money.
//
// Each decision is judged again by itself, from what the log says it went by. What would have followed from
// another decision is not played on: a certificate whose issue another cap forbids stays issued for the
// decisions behind it. A refusal keeps the rule it fell under but not the whole command, so that most of them
// can be counted only.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/money.hpp>
#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace certledger::audit {

struct WhatIfOptions {
    /// From its `effective_from` on, each holds in place of every rule of its kind, an account's own too; of
    /// several of a kind the one that began last. Well-formed (policies::policy_fault).
    std::vector<events::Policy> policies;
    std::optional<store::Position> from;  ///< First decision that is judged; missing: the first of all.
    std::optional<store::Position> to;    ///< The last; missing: the head.
};

/// A decision that would have been another.
struct WhatIfItem {
    store::Position position = 0;
    std::string stream;
    std::string account;
    events::Instant occurred_at;
    /// `refund`, `quota-refund`, `issue`, `renewal`, `renewal-due`, `notice`, `revocation-deadline`,
    /// `revocation-answer`.
    std::string decision;
    std::string was;
    std::string would;
    std::optional<events::Money> was_amount;    ///< Where it is about money that is known.
    std::optional<events::Money> would_amount;  ///< With `was_amount`.
};

/// All refunds of one currency in the range, those that stay the same among them.
struct WhatIfTotal {
    std::string currency;
    std::string was;  ///< As money is written; a sum may be larger than one amount can be.
    std::string would;
};

struct WhatIfReport {
    store::Position from = 1;
    store::Position to = 0;
    std::uint64_t judged = 0;     ///< Decisions of the range that a rule of `policies` covers.
    std::uint64_t differing = 0;  ///< Items told.
    std::uint64_t not_judged =
        0;  ///< Refusals under a rule of such a kind that the log does not tell enough of.
    std::vector<WhatIfTotal> totals;
};

using OnWhatIf = std::function<void(const WhatIfItem& item)>;

/// Tells each differing decision in the order of the log. The whole log is read up to `to`; memory grows with
/// the certificates in it. damaged: the first record that does not read.
[[nodiscard]] Result<WhatIfReport> what_if(const store::EventStore& log, const policies::Zones& zones,
                                           const WhatIfOptions& options, const OnWhatIf& each);

}  // namespace certledger::audit
