// Role: tells whose each record of a log is, and how much every account has, before the accounts are dealt
// out.
#pragma once

#include <certledger/store/event_store.hpp>
#include <cstdint>
#include <optional>
#include <vector>

namespace certledger::projections {

using store::Position;

/// What an account has in the log, or in a stretch of it.
struct Weight {
    std::uint64_t records = 0;
    std::uint64_t octets = 0;
};

/// A stretch of the log, looked through by one thread at a time.
struct Stretch {
    Position from = 1;
    Position to = 0;
    std::vector<Weight> accounts;
};

/// What the log holds. Accounts are numbered in the order of their names' octets.
struct Weighed {
    std::vector<Stretch> stretches;
    std::vector<Weight> accounts;
    /// Of each record from position 1 on, so that a record is looked at only by who folds it.
    std::vector<std::uint32_t> account_of;
};

/// Looks through the records up to `to`, by so many threads. Nothing: a record is damaged, or the names of
/// accounts are such that their keys do not have the same order. outside: from the log.
[[nodiscard]] Result<std::optional<Weighed>> weigh(const store::EventStore& log, Position to,
                                                   std::size_t lanes);

}  // namespace certledger::projections
