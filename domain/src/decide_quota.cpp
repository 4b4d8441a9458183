#include <limits>

#include "rules.hpp"

namespace certledger::domain {

Decision rule(const BuyQuota& command, const CommandHeader&, const Facts& facts) {
    const events::QuotaId id = command.quota ? *command.quota : events::QuotaId{facts.generated_id};
    return std::vector<Caused>{
        {events::stream_of(id), events::QuotaPurchased{command.count, command.price, command.product}}};
}

Decision rule(const RefundQuota& command, const CommandHeader& header, const World& world) {
    const QuotaState& state = world.quota(command.quota);
    const std::int64_t free = state.free_units();
    const std::int64_t count = command.count.value_or(free);
    if (free < 1 || count > free) {
        return refuse_plainly(RefusalCode::quota_exhausted,
                              "the quota " + quoted(command.quota.value) + " has " + std::to_string(free) +
                                  " free units and " + std::to_string(count) + " were to be refunded",
                              "count");
    }
    const policies::PolicyBook book(world.ledger_policies(), &world.account_policies(header.account));
    const auto [policy, ref] = book.get<events::RefundPolicy>(header.at);
    if (policy.unissued == events::UnissuedRule::none) {
        return refuse_plainly(RefusalCode::not_refundable,
                              "the refund policy gives nothing for what was never issued");
    }
    events::QuotaRefunded refunded;
    refunded.count = count;
    refunded.amount = {0, state.price.currency};
    refunded.policy = ref;
    std::int64_t left = count;
    for (auto run = state.free.rbegin(); left > 0 && run != state.free.rend(); ++run) {
        const std::int64_t first = std::max(run->first, run->second - left + 1);
        refunded.units.insert(refunded.units.begin(), {first, run->second});
        refunded.amount.minor += policies::share_of_range(state.price, state.count, first, run->second).minor;
        left -= run->second - first + 1;
    }
    return std::vector<Caused>{{events::stream_of(command.quota), std::move(refunded)}};
}

Decision rule(const AdoptPolicy& command, const CommandHeader& header, const World& world) {
    const bool ledger = command.scope == PolicyScope::ledger;
    const policies::PolicyStream& stream =
        ledger ? world.ledger_policies() : world.account_policies(header.account);
    const auto latest = stream.latest(command.policy.kind());
    if (latest && command.policy.effective_from < *latest) {
        return refuse_plainly(RefusalCode::policy_not_monotone,
                              "effective_from " + events::to_string(command.policy.effective_from) +
                                  " is before " + events::to_string(*latest) + ", from which the latest " +
                                  std::string(events::to_name(command.policy.kind())) + " policy holds",
                              "policy");
    }
    return std::vector<Caused>{{ledger ? events::policy_stream() : events::policy_stream(header.account),
                                events::PolicyAdopted{command.policy}}};
}

}  // namespace certledger::domain
