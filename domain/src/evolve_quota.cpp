#include <certledger/domain/state.hpp>

namespace certledger::domain {
namespace {

/// Takes a unit out of the runs of free ones; false when it is not free.
bool take_unit(std::map<std::int64_t, std::int64_t>& free, std::int64_t unit) {
    auto run = free.upper_bound(unit);
    if (run == free.begin()) return false;
    --run;
    const auto [first, last] = *run;
    if (unit > last) return false;
    free.erase(run);
    if (first < unit) free[first] = unit - 1;
    if (unit < last) free[unit + 1] = last;
    return true;
}

/// Puts a unit back and joins it with its neighbours.
void put_unit(std::map<std::int64_t, std::int64_t>& free, std::int64_t unit) {
    std::int64_t first = unit;
    std::int64_t last = unit;
    auto next = free.find(unit + 1);
    if (next != free.end()) {
        last = next->second;
        next = free.erase(next);
    }
    if (next != free.begin()) {
        const auto before = std::prev(next);
        if (before->second == unit - 1) {
            first = before->first;
            free.erase(before);
        }
    }
    free[first] = last;
}

void apply(QuotaState& state, const events::QuotaPurchased& event, Instant at) {
    state.product = event.product;
    state.count = event.count;
    state.price = event.price;
    state.purchased_at = at;
    state.free[1] = event.count;
}
void apply(QuotaState& state, const events::QuotaConsumed& event, Instant) {
    state.broken |= !take_unit(state.free, event.unit);
    ++state.consumed;
}
void apply(QuotaState& state, const events::QuotaReturned& event, Instant) {
    put_unit(state.free, event.unit);
    ++state.returned;
}
void apply(QuotaState& state, const events::QuotaRefunded& event, Instant) {
    for (const auto& range : event.units) {
        // Ranges of free units are runs or ends of runs, so each leaves at most one run behind.
        const auto run = state.free.upper_bound(range.first);
        if (run == state.free.begin() || std::prev(run)->second != range.last) {
            state.broken = true;
            continue;
        }
        const auto held = std::prev(run);
        const std::int64_t first = held->first;
        state.free.erase(held);
        if (first < range.first) state.free[first] = range.first - 1;
    }
    state.refunded += event.count;
}
template <class Other>
void apply(QuotaState& state, const Other&, Instant) {
    state.broken = true;
}

}  // namespace

void evolve(QuotaState& state, const events::Event& event, Instant occurred_at,
            const events::AccountId& account) noexcept {
    const bool first = state.stream.version++ == 0;
    if (first) {
        state.stream.account = account;
        state.stream.first_at = occurred_at;
    }
    if (first != std::holds_alternative<events::QuotaPurchased>(event)) state.broken = true;
    std::visit([&](const auto& held) { apply(state, held, occurred_at); }, event);
}

}  // namespace certledger::domain
