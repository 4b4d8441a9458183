#include "workload/story.hpp"

#include <algorithm>

namespace certledger::bench {

using events::Instant;
using events::kSecondsPerDay;

Story::Story(std::uint64_t seed, Instant begins_at, std::optional<Instant> ends_at)
    : random_(seed), sink_(random_), quotas_(random_, sink_), now_(begins_at), ends_at_(ends_at) {
    accounts_.push_back({"default"});
    for (int i = 1; i < 400; ++i) accounts_.push_back({"account-" + std::to_string(i)});
}

void Story::adopt(const events::Policy& policy) {
    static const events::AccountId account{"default"};
    const auto stream = events::policy_stream();
    sink_.begin(account, now_);
    sink_.put(stream, events::PolicyAdopted{policy});
    policies_.adopt(policy, stream.value, policies_.version() + 1, now_);
}

/// What a new ledger begins with, and terms that suit certificates of some days.
void Story::genesis() {
    static const events::AccountId account{"default"};
    sink_.begin(account, now_);
    sink_.put(events::ledger_stream(), events::LedgerCreated{1, true, "certledger/bench-" + random_.hex(16)});
    for (const auto& policy : policies::default_policies()) adopt(policy);
    events::RefundPolicy refunds;
    refunds.days = 7;
    adopt({now_, refunds});
    adopt({now_, events::RenewalPolicy{5}});
    adopt({now_, events::NoticesPolicy{{3}}});
}

Life Story::begin(Instant now) {
    Life life;
    life.id.value = events::to_string(sink_.make_uuid(now));
    // A few accounts have most of the certificates.
    life.account = random_.percent(20) ? accounts_.front()
                                       : accounts_[random_.below(random_.below(accounts_.size()) + 1)];
    life.uploaded = random_.percent(5);
    life.next = now;
    return life;
}

Instant Story::later(std::int64_t least_seconds, std::int64_t most_seconds) {
    return Instant{now_.micros + random_.between(least_seconds * events::kMicrosPerSecond,
                                                 most_seconds * events::kMicrosPerSecond)};
}

void Story::go_on(Life& life, Stage stage, std::int64_t least_seconds, std::int64_t most_seconds) {
    life.stage = stage;
    life.next = later(least_seconds, std::max(least_seconds, most_seconds));
}

void Story::go_on_at(Life& life, Stage stage, Instant at) {
    life.stage = stage;
    life.next = std::max(at, Instant{now_.micros + 1});
}

void Story::step(Life& life, bool may_renew, std::optional<Life>& begun) {
    now_ = std::max(now_, life.next);
    switch (life.stage) {
        case Stage::order:
            return order(life);
        case Stage::submit:
            return submit(life);
        case Stage::prove:
            return prove(life);
        case Stage::decide:
            return decide(life);
        case Stage::issue:
            return issue(life);
        case Stage::download:
            return download(life);
        case Stage::deploy:
            return deploy(life);
        case Stage::deployed:
            return deployed(life);
        case Stage::due:
            return due(life);
        case Stage::renew:
            return renew(life, may_renew, begun);
        case Stage::notice:
            return notice(life);
        case Stage::expire:
            return expire(life);
        case Stage::ask_to_revoke:
            return ask_to_revoke(life);
        case Stage::confirm_revocation:
            start(life);
            sink_.put(stream(life), events::RevocationConfirmed{});
            return go_on(life, Stage::revoke, 60, 43'200);
        case Stage::revoke:
            return revoke(life);
        case Stage::ask_for_refund:
            start(life);
            return judge(life, false);
        case Stage::pay:
            start(life);
            sink_.put(stream(life), events::RefundPaid{life.payment, "RF-" + random_.hex(12)});
            if (random_.percent(30)) return go_on(life, Stage::remove, 3'600, 3 * kSecondsPerDay);
            life.stage = Stage::over;
            return;
        case Stage::remove:
            return remove(life);
        case Stage::over:
            return;
    }
}

}  // namespace certledger::bench
