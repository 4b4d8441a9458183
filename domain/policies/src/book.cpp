#include <algorithm>
#include <certledger/domain/policies/book.hpp>
#include <certledger/events/contract.hpp>

namespace certledger::policies {

using events::Policy;

void PolicyStream::adopt(const Policy& policy, const std::string& stream, std::uint64_t version,
                         std::optional<Instant> occurred_at) {
    if (all_.empty()) first_at_ = occurred_at;
    version_ = version;
    all_.push_back({policy, {static_cast<std::int64_t>(version), stream}});
}

const AdoptedPolicy* PolicyStream::in_force(PolicyKind kind, Instant at) const {
    const AdoptedPolicy* best = nullptr;
    for (const auto& adopted : all_) {
        if (adopted.policy.kind() != kind || adopted.policy.effective_from > at) continue;
        if (best == nullptr || adopted.policy.effective_from >= best->policy.effective_from) best = &adopted;
    }
    return best;
}

std::optional<Instant> PolicyStream::latest(PolicyKind kind) const {
    std::optional<Instant> latest;
    for (const auto& adopted : all_) {
        if (adopted.policy.kind() == kind)
            latest = std::max(latest.value_or(events::kEarliest), adopted.policy.effective_from);
    }
    return latest;
}

const AdoptedPolicy& PolicyBook::find(PolicyKind kind, Instant at) const {
    if (account_ != nullptr) {
        if (const auto* own = account_->in_force(kind, at)) return *own;
    }
    if (const auto* found = ledger_->in_force(kind, at)) return *found;
    for (const auto& adopted : ledger_->all()) {
        if (adopted.policy.kind() == kind) return adopted;
    }
    throw ContractViolation("the ledger has no policy of this kind; every ledger starts with one");
}

const std::vector<Policy>& default_policies() {
    static const std::vector<Policy> policies = [] {
        const auto date = [](int year, int month, int day) {
            return Instant::from_seconds(events::days_from_date({year, month, day}) * events::kSecondsPerDay);
        };
        const Instant epoch{};
        // CA/Browser Forum BR section 6.3.2 (validity) and 4.2.1 (reuse), by date of issue.
        const events::ValidityPolicy validity{{{epoch, 825},
                                               {date(2020, 9, 1), 398},
                                               {date(2026, 3, 15), 200},
                                               {date(2027, 3, 15), 100},
                                               {date(2029, 3, 15), 47}}};
        const events::ReusePolicy reuse{{{epoch, 398},
                                         {date(2020, 9, 1), 398},
                                         {date(2026, 3, 15), 200},
                                         {date(2027, 3, 15), 100},
                                         {date(2029, 3, 15), 10}}};
        return std::vector<Policy>{{epoch, events::RefundPolicy{}},
                                   {epoch, validity},
                                   {epoch, reuse},
                                   {epoch, events::RenewalPolicy{}},
                                   {epoch, events::TermPolicy{}},
                                   {epoch, events::ReviewPolicy{}},
                                   {epoch, events::RevocationPolicy{}},
                                   {epoch, events::NoticesPolicy{{60, 30, 14, 7, 1}}}};
    }();
    return policies;
}

std::int64_t days_at(const std::vector<events::DatedDays>& steps, Instant at) {
    CERTLEDGER_CHECK(!steps.empty());
    std::int64_t days = steps.front().days;
    for (const auto& step : steps) {
        if (step.from <= at) days = step.days;
    }
    return days;
}

std::int64_t validity_days(Instant not_before, Instant not_after) {
    const std::int64_t seconds = not_after.seconds() - not_before.seconds() + 1;
    return (seconds + events::kSecondsPerDay - 1) / events::kSecondsPerDay;
}

Instant term_end(const PolicyBook& book, Instant at, std::int64_t years) {
    const auto [term, ref] = book.get<events::TermPolicy>(at);
    return std::min(at.plus_seconds(years * term.days_per_year * events::kSecondsPerDay), events::kLatest);
}

Instant renewal_window_start(const events::RenewalPolicy& policy, Instant not_after) {
    return not_after.plus_seconds(-policy.window_days * events::kSecondsPerDay);
}

events::Money share_of_range(const events::Money& price, std::int64_t count, std::int64_t first,
                             std::int64_t last) {
    CERTLEDGER_CHECK(count >= 1 && first >= 1 && first <= last && last <= count);
    const std::int64_t remainder = price.minor % count;
    // Units up to the remainder cost one minor unit more; at most the whole price, so nothing overflows.
    const std::int64_t with_extra = std::max<std::int64_t>(0, std::min(last, remainder) - first + 1);
    return {price.minor / count * (last - first + 1) + with_extra, price.currency};
}

}  // namespace certledger::policies
