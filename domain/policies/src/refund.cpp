#include <algorithm>
#include <certledger/domain/policies/book.hpp>

namespace certledger::policies {

using events::RefundReason;

events::Date UtcZones::local_date(std::string_view, Instant instant) const {
    const std::int64_t seconds = instant.seconds();
    const std::int64_t days =
        (seconds >= 0 ? seconds : seconds - (events::kSecondsPerDay - 1)) / events::kSecondsPerDay;
    return events::date_from_days(days);
}

Instant UtcZones::end_of_day(std::string_view, events::Date date) const {
    return Instant::from_seconds((events::days_from_date(date) + 1) * events::kSecondsPerDay - 1);
}

Instant refund_window_end(const events::RefundPolicy& policy, Instant start, const Zones& zones) {
    // A window that runs out of the years that can be written ends with them.
    const auto kept = [](Instant end) { return std::clamp(end, events::kEarliest, events::kLatest); };
    if (policy.day == events::DayRule::elapsed)
        return kept(start.plus_seconds(policy.days * events::kSecondsPerDay));
    const std::string zone = policy.zone.value_or("UTC");
    const events::Date first = zones.local_date(zone, start);
    return kept(zones.end_of_day(zone, events::date_from_days(events::days_from_date(first) + policy.days)));
}

namespace {

/// A window of calendar days ends with its last second, fraction included; an elapsed one at the exact
/// instant.
bool inside_window(const events::RefundPolicy& policy, Instant window_end, Instant at) {
    if (policy.day == events::DayRule::elapsed) return at <= window_end;
    return at.seconds() <= window_end.seconds();
}

}  // namespace

RefundVerdict judge_refund(const events::RefundPolicy& policy, const events::PolicyRef& ref,
                           const RefundCase& facts, const Zones& zones) {
    RefundVerdict verdict;
    verdict.policy = ref;
    auto& in = verdict.inputs;
    in.decided_at = facts.decided_at;
    in.paid_at = facts.paid_at;
    in.issued_at = facts.issued_at;
    in.days = policy.days;
    in.clock = policy.clock;
    in.day = policy.day;
    in.unissued = policy.unissued;
    in.ca_initiated = policy.ca_initiated;
    in.by_ca = facts.by_ca;
    in.payment = facts.payment;
    in.zone = policy.zone;
    const auto conclude = [&](bool granted, RefundReason reason) {
        verdict.granted = granted;
        verdict.reason = reason;
        return verdict;
    };
    if (facts.payment.minor == 0) return conclude(false, RefundReason::nothing_paid);
    if (!facts.issued_at) {
        const bool full = policy.unissued == events::UnissuedRule::full;
        return conclude(full, full ? RefundReason::unissued : RefundReason::unissued_not_refundable);
    }
    if (facts.by_ca && policy.ca_initiated == events::CaInitiatedRule::full) {
        return conclude(true, RefundReason::ca_initiated);
    }
    const Instant start = policy.clock == events::RefundClock::issue ? *facts.issued_at : facts.paid_at;
    in.window_end = refund_window_end(policy, start, zones);
    const bool inside = inside_window(policy, *in.window_end, facts.decided_at);
    return conclude(inside, inside ? RefundReason::within_window : RefundReason::window_closed);
}

RefundVerdict judge_again(const events::RefundInputs& inputs, const events::PolicyRef& ref,
                          const Zones& zones) {
    events::RefundPolicy policy;
    policy.days = inputs.days;
    policy.clock = inputs.clock;
    policy.day = inputs.day;
    policy.unissued = inputs.unissued;
    policy.ca_initiated = inputs.ca_initiated;
    policy.zone = inputs.zone;
    return judge_refund(policy, ref,
                        {inputs.payment, inputs.paid_at, inputs.issued_at, inputs.decided_at, inputs.by_ca},
                        zones);
}

}  // namespace certledger::policies
