#include "workload/quota_book.hpp"

#include <algorithm>
#include <certledger/domain/policies/book.hpp>
#include <certledger/events/contract.hpp>

namespace certledger::bench {

void QuotaBook::buy(Quota& quota, const std::vector<events::AccountId>& accounts, events::Instant now) {
    quota = {};
    quota.account = accounts[random_.below(random_.below(accounts.size()) + 1)];
    sink_.begin(quota.account, now);
    quota.id.value = events::to_string(sink_.make_uuid(now));
    quota.product = make_product(random_);
    quota.count = random_.between(5, 400);
    quota.price = make_price(random_, quota.product);
    quota.price.minor = quota.price.minor * quota.count * 9 / 10;
    quota.purchased_at = now;
    sink_.put(events::stream_of(quota.id), events::QuotaPurchased{quota.count, quota.price, quota.product});
}

/// Gives back every free unit.
void QuotaBook::refund(const Quota& quota, events::Instant now, const events::PolicyRef& policy) {
    events::QuotaRefunded refunded;
    refunded.count = 0;
    refunded.amount = {0, quota.price.currency};
    refunded.policy = policy;
    const auto add = [&](std::int64_t first, std::int64_t last) {
        refunded.count += last - first + 1;
        refunded.amount.minor += policies::share_of_range(quota.price, quota.count, first, last).minor;
        // Neighbours are one run.
        if (!refunded.units.empty() && refunded.units.back().last + 1 == first) {
            refunded.units.back().last = last;
        } else {
            refunded.units.push_back({first, last});
        }
    };
    for (const std::int64_t unit : quota.returned) add(unit, unit);
    if (quota.next_unit <= quota.count) add(quota.next_unit, quota.count);
    sink_.begin(quota.account, now);
    sink_.put(events::stream_of(quota.id), refunded);
}

void QuotaBook::prepare(const std::vector<events::AccountId>& accounts, events::Instant now,
                        const events::PolicyRef& refunds) {
    if (quotas_.size() < kInUse) {
        prepared_ = quotas_.size();
        buy(quotas_.emplace_back(), accounts, now);
        return;
    }
    prepared_ = random_.below(quotas_.size());
    Quota& quota = quotas_[prepared_];
    const bool given_up = !quota.exhausted() && quota.next_unit > quota.count / 2 && random_.below(200) == 0;
    if (given_up) refund(quota, now, refunds);
    if (given_up || quota.exhausted()) buy(quota, accounts, now);
}

QuotaUnit QuotaBook::take() {
    Quota& quota = quotas_[prepared_];
    CERTLEDGER_CHECK(!quota.exhausted());
    QuotaUnit taken{quota.id, quota.account, quota.product, {}, quota.purchased_at, 0};
    if (!quota.returned.empty() && *quota.returned.begin() < quota.next_unit) {
        taken.unit = *quota.returned.begin();
        quota.returned.erase(quota.returned.begin());
    } else {
        taken.unit = quota.next_unit++;
    }
    taken.share = events::share(quota.price, quota.count, taken.unit - 1);
    return taken;
}

void QuotaBook::give_back(const events::QuotaId& id, std::int64_t unit) {
    const auto quota =
        std::find_if(quotas_.begin(), quotas_.end(), [&](const Quota& held) { return held.id == id; });
    if (quota != quotas_.end()) quota->returned.insert(unit);
}

}  // namespace certledger::bench
