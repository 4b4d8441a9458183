// Role: the loop around "load, fold, decide, append": optimistic concurrency means that somebody else may be
// faster, and then everything is done again from the load.
#pragma once

#include <certledger/events/contract.hpp>
#include <certledger/events/result.hpp>
#include <type_traits>

namespace certledger::store {

inline constexpr int kConflictTries = 8;

/// Runs `attempt`, which loads, folds, decides, builds an Append and appends it, and runs it again while it
/// returns ErrorKind::conflict: at most `max_tries` (>= 1) times in all, then the conflict is returned. Every
/// other outcome ends it at once. `attempt` returns a Result and keeps nothing of a run that conflicted.
template <class Attempt>
[[nodiscard]] std::invoke_result_t<Attempt&> retry_conflicts(int max_tries, Attempt&& attempt) {
    CERTLEDGER_CHECK(max_tries >= 1);
    for (int tries = 1;; ++tries) {
        auto outcome = attempt();
        if (outcome || outcome.error().kind != ErrorKind::conflict || tries == max_tries) return outcome;
    }
}

template <class Attempt>
[[nodiscard]] std::invoke_result_t<Attempt&> retry_conflicts(Attempt&& attempt) {
    return retry_conflicts(kConflictTries, attempt);
}

}  // namespace certledger::store
