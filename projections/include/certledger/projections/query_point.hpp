// Role: the moment that a query speaks of, and the answers that are no result.
#pragma once

#include <certledger/events/instant.hpp>
#include <certledger/store/event_store.hpp>
#include <optional>
#include <tl/expected.hpp>
#include <variant>

namespace certledger::projections {

using events::Instant;
using store::Position;

/// A recorded moment: a position, or an instant that recorded_at is compared with (up to and including it).
/// Beyond the head it means the head.
using AsOf = std::variant<Position, Instant>;

/// When a query is asked for. `now` is what the caller's clock says; a query with `as_of` goes by that
/// point's clock instead, and one with `as_at` by that instant.
struct QueryPoint {
    Instant now;
    std::optional<AsOf> as_of;     ///< Only records up to this point are known.
    std::optional<Instant> as_at;  ///< Only events that had happened by then count.
};

/// Why there is no result for the id that was asked about.
enum class Absence {
    unknown,         ///< No such stream at this point.
    not_authorized,  ///< It belongs to another account.
    deleted,         ///< The certificate was deleted; only its history answers.
};

template <class T>
using Found = tl::expected<T, Absence>;

}  // namespace certledger::projections
