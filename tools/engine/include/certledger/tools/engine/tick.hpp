// Role: the events that time alone brings about: renewal-due, expiry-noticed, certificate-expired.
#pragma once

#include <certledger/tools/engine/ledger.hpp>

namespace certledger::engine {

struct TickReport {
    std::vector<Answer> answers;  ///< Of the commands that made an event, in the order of time.
};

struct TickOptions {
    events::Instant until;  ///< Everything due up to and including this instant is made.
    std::string actor;
    /// Only this account's certificates; missing: all accounts.
    std::optional<events::AccountId> account;
};

/// Makes what was due and is not yet there, also after an outage: each event once, with the instant at which
/// it was due as `occurred_at` (rulings 48), in the order of those instants. Certificates with an open
/// revocation do not expire (rulings 21). Nothing may be pending. Errors are those of submit() and flush();
/// what was made before stays made, and the next tick goes on from there.
[[nodiscard]] Result<TickReport> tick(Ledger& ledger, const TickOptions& options);

}  // namespace certledger::engine
