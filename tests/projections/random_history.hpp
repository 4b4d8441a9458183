// Role: random histories that the lifecycle machine allows, with takeovers, renewals, refunds and deletions
// on several accounts.
#pragma once

#include <certledger/domain/lifecycle/machine.hpp>
#include <random>

#include "ledger.hpp"

namespace certledger::test {

class RandomHistory {
  public:
    RandomHistory(store::EventStore& log, unsigned seed) : author_(log), random_(seed) { author_.begin(); }

    /// Appends `count` events.
    void grow(int count) {
        for (int i = 0; i < count; ++i) {
            clock_ = clock_.plus_seconds(static_cast<std::int64_t>(pick(90'000)));
            author_.account.value = "a" + std::to_string(pick(3));
            if (pick(12) == 0) {
                quota_event();
            } else if (certificates_.empty() || pick(8) == 0) {
                begin_certificate();
            } else {
                certificate_event();
            }
        }
    }
    [[nodiscard]] Instant clock() const { return clock_; }

  private:
    struct Known {
        std::string id;
        std::string account;
        std::optional<Status> status;
        std::vector<DomainName> names;
    };

    std::size_t pick(std::size_t count) { return random_() % count; }
    std::string target() { return "t" + std::to_string(pick(4)); }
    Money amount() { return {static_cast<std::int64_t>(pick(1'000'000)), Currency{{'E', 'U', 'R'}}}; }
    Digest some_digest() {
        Digest made{};
        for (auto& octet : made) octet = static_cast<std::uint8_t>(pick(256));
        return made;
    }

    void append(Known& known, const Event& event) {
        const auto next = lifecycle::next(known.status, type_of(event));
        REQUIRE(next);
        known.status = *next;
        author_.account.value = known.account;
        author_.cert(known.id, event, clock_);
    }

    std::vector<DomainName> some_names() {
        std::vector<std::string> made;
        for (std::size_t i = 0; i <= pick(3); ++i)
            made.push_back((pick(5) == 0 ? "*.h" : "h") + std::to_string(pick(9)) + ".example" +
                           (pick(2) == 0 ? ".com" : ".org"));
        if (pick(4) == 0) made.emplace_back("xn--bcher-kva.example");
        return names(made);
    }

    void begin_certificate() {
        Known known{"c" + std::to_string(certificates_.size()), author_.account.value, std::nullopt,
                    some_names()};
        if (pick(6) == 0) {
            CertificateUploaded event;
            event.not_before = clock_;
            event.not_after = clock_.plus_seconds(static_cast<std::int64_t>(pick(9'000'000)));
            event.sha256 = some_digest();
            event.serial = to_hex(some_digest()).substr(0, 20);
            event.names = known.names;
            append(known, event);
        } else {
            CertificatePurchased event;
            event.payment = amount();
            event.product =
                product(pick(3) == 0 ? Level::ov : Level::dv, Kind::multi, "b" + std::to_string(pick(3)));
            event.names = known.names;
            if (!certificates_.empty() && pick(3) == 0) renew(known, event);
            append(known, event);
        }
        certificates_.push_back(known);
    }

    void renew(Known& known, CertificatePurchased& event) {
        auto& old = certificates_[pick(certificates_.size())];
        if (old.status != Status::issued) return;
        known.account = old.account;
        event.predecessor = CertificateId{old.id};
        append(old, RenewalStarted{RenewalPayment::price, {}, {known.id}});
    }

    void certificate_event() {
        auto& known = certificates_[pick(certificates_.size())];
        // Only events that may follow, and deletion seldom, so that lives get long.
        std::vector<EventType> allowed;
        for (const auto& row : lifecycle::transitions()) {
            if (row.from != known.status) continue;
            if (row.event == EventType::certificate_deleted && pick(6) != 0) continue;
            allowed.push_back(row.event);
        }
        if (allowed.empty()) return begin_certificate();
        append(known, filled(allowed[pick(allowed.size())], known));
    }

    Event filled(EventType type, const Known& known) {
        const std::string name = known.names.empty() ? "x.org" : known.names[pick(known.names.size())].ascii;
        switch (type) {
            case EventType::challenge_issued:
                return ChallengeIssued{ValidationMethod::dns_manual, name, "token"};
            case EventType::domain_validated:
                return DomainValidated{name};
            case EventType::domain_validation_failed:
                return DomainValidationFailed{name, "no record"};
            case EventType::certificate_issued: {
                CertificateIssued event;
                event.not_before = clock_;
                event.not_after = clock_.plus_seconds(static_cast<std::int64_t>(pick(9'000'000)));
                event.sha256 = some_digest();
                event.serial = to_hex(some_digest()).substr(0, 20);
                return event;
            }
            case EventType::deployment_started:
                return DeploymentStarted{false, target()};
            case EventType::certificate_deployed:
                return CertificateDeployed{target()};
            case EventType::deployment_failed:
                return DeploymentFailed{target(), "no route"};
            case EventType::deployment_rolled_back:
                return DeploymentRolledBack{target(), "bad"};
            case EventType::deployment_observed:
                return DeploymentObserved{target(), some_digest()};
            case EventType::deployment_drifted:
                return DeploymentDrifted{target(), "other", std::nullopt};
            case EventType::refund_granted: {
                RefundGranted event;
                event.amount = amount();
                event.inputs.decided_at = clock_;
                event.inputs.payment = event.amount;
                return event;
            }
            case EventType::refund_declined: {
                RefundDeclined event;
                event.inputs.decided_at = clock_;
                return event;
            }
            default:
                return make_event(type);
        }
    }

    void quota_event() {
        const auto which = pick(5);
        auto& known = quotas_[which];
        const auto id = "q" + std::to_string(which);
        author_.account.value = "a" + std::to_string(which % 3);
        const auto free = known.bought - known.consumed + known.returned - known.refunded;
        if (known.bought == 0) {
            known.bought = 5;
            return author_.quota(id, QuotaPurchased{5, amount(), product()}, clock_);
        }
        switch (pick(3)) {
            case 0:
                if (known.consumed <= known.returned) return;
                ++known.returned;
                return author_.quota(id, QuotaReturned{1, {"c"}}, clock_);
            case 1:
                if (free < 1) return;
                ++known.refunded;
                return author_.quota(id, QuotaRefunded{1, amount(), {}, {}}, clock_);
            default:
                if (free < 1) return;
                ++known.consumed;
                return author_.quota(id, QuotaConsumed{1, amount(), {"c"}}, clock_);
        }
    }

    struct KnownQuota {
        int bought = 0;
        int consumed = 0;
        int returned = 0;
        int refunded = 0;
    };
    KnownQuota quotas_[5];
    Author author_;
    std::mt19937 random_;
    Instant clock_ = day(0);
    std::vector<Known> certificates_;
};

}  // namespace certledger::test
