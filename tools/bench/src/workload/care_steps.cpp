// From the issue to the end.
#include <algorithm>

#include "workload/story.hpp"

namespace certledger::bench {

using events::kSecondsPerDay;

namespace {

constexpr events::RevocationReason kReasons[] = {
    events::RevocationReason::unspecified, events::RevocationReason::key_compromise,
    events::RevocationReason::superseded, events::RevocationReason::cessation_of_operation};

}  // namespace

void Story::after_issue(Life& life) {
    constexpr Fate fates[] = {Fate::expires, Fate::is_renewed, Fate::is_revoked, Fate::is_revoked_by_ca,
                              Fate::is_removed};
    life.fate = fates[random_.weighted({58, 27, 9, 2, 4})];
    // An upload is not renewed here, and nothing was paid for it that could come back.
    if (life.uploaded) life.fate = random_.percent(90) ? Fate::expires : Fate::is_removed;
    const std::size_t then = random_.weighted({25, 50, 25});
    // What was taken in from elsewhere is not given out again.
    if (then == 0 && !life.uploaded) return go_on(life, Stage::download, 60, 14'400);
    if (then == 1) return go_on(life, Stage::deploy, 30, 14'400);
    care(life);
}

void Story::download(Life& life) {
    constexpr events::DownloadFormat formats[] = {events::DownloadFormat::nginx, events::DownloadFormat::pem,
                                                  events::DownloadFormat::apache};
    one(life, events::CertificateDownloaded{formats[random_.below(3)], false});
    care(life);
}

void Story::deploy(Life& life) {
    // A target of its own, which successors take over: they cover the same names.
    if (life.target.empty()) life.target = "edge-" + random_.hex(16);
    if (!life.hosted && !life.uploaded && random_.percent(20)) {
        one(life, events::HostingEnabled{});
        life.hosted = true;
    }
    one(life, events::DeploymentStarted{false, life.target});
    go_on(life, Stage::deployed, 1, 90);
}

void Story::deployed(Life& life) {
    if (random_.percent(5)) {
        one(life, events::DeploymentFailed{life.target, make_cause(random_)});
        return go_on(life, Stage::deploy, 300, 7'200);
    }
    one(life, events::CertificateDeployed{life.target});
    if (random_.percent(15)) one(life, events::DeploymentObserved{life.target, std::nullopt});
    care(life);
}

/// What comes once the certificate is where it belongs.
void Story::care(Life& life) {
    const auto due_at =
        life.not_after.plus_seconds(-terms_of<events::RenewalPolicy>().window_days * kSecondsPerDay);
    if (life.fate == Fate::is_revoked || life.fate == Fate::is_revoked_by_ca ||
        life.fate == Fate::is_removed) {
        const Stage stage = life.fate == Fate::is_revoked         ? Stage::ask_to_revoke
                            : life.fate == Fate::is_revoked_by_ca ? Stage::revoke
                                                                  : Stage::remove;
        const std::int64_t most =
            std::min<std::int64_t>(due_at.seconds() - now_.seconds() - kSecondsPerDay, 20 * kSecondsPerDay);
        if (most > 600) return go_on(life, stage, 600, most);
        life.fate = Fate::expires;
    }
    if (life.outlasts) {
        life.stage = Stage::over;
        return;
    }
    // An upload is not renewed here, so nothing is due.
    if (life.uploaded) return go_on_at(life, Stage::notice, life.not_after.plus_seconds(-3 * kSecondsPerDay));
    go_on_at(life, Stage::due, due_at);
}

void Story::due(Life& life) {
    start(life);
    sink_.put(stream(life), events::RenewalDue{life.not_after});
    if (life.fate == Fate::is_renewed) return go_on(life, Stage::renew, 60, 2 * kSecondsPerDay - 3'600);
    go_on_at(life, Stage::notice, life.not_after.plus_seconds(-3 * kSecondsPerDay));
}

void Story::renew(Life& life, bool may_renew, std::optional<Life>& begun) {
    go_on_at(life, Stage::notice, life.not_after.plus_seconds(-3 * kSecondsPerDay));
    if (!may_renew) return;
    Life successor;
    successor.id.value = events::to_string(sink_.make_uuid(now_));
    successor.account = life.account;
    successor.product = life.product;
    successor.names = life.names;
    successor.predecessor = life.id;
    successor.target = life.target;
    successor.paid_at = now_;
    // A successor that the term pays must end with it.
    successor.by_term = random_.percent(60) && now_.plus_seconds(60 * kSecondsPerDay) < life.term_end;
    const auto pays = successor.by_term ? events::RenewalPayment::term : events::RenewalPayment::price;
    if (successor.by_term) {
        successor.payment = {0, life.payment.currency};
        successor.term_end = life.term_end;
    } else {
        successor.payment = make_price(random_, successor.product);
        successor.term_end = now_.plus_seconds(successor.product.term_years * 365 * kSecondsPerDay);
    }
    start(life);
    sink_.put(stream(life), events::RenewalStarted{pays, ref_of<events::RenewalPolicy>(), successor.id});
    sink_.put(stream(successor),
              events::CertificatePurchased{successor.term_end, successor.paid_at, successor.payment,
                                           successor.product, successor.names, life.id, pays});
    renewing_.emplace(life.id.value, life.account);
    go_on(successor, Stage::submit, 5, 3'600);
    begun = std::move(successor);
}

void Story::notice(Life& life) {
    start(life);
    sink_.put(stream(life), events::ExpiryNoticed{3, life.not_after});
    go_on_at(life, Stage::expire, life.not_after.plus_seconds(1));
}

void Story::expire(Life& life) {
    renewing_.erase(life.id.value);
    start(life);
    sink_.put(stream(life), events::CertificateExpired{life.not_after});
    life.hosted = false;
    if (random_.percent(10)) return go_on(life, Stage::remove, 3'600, 3 * kSecondsPerDay);
    life.stage = Stage::over;
}

void Story::ask_to_revoke(Life& life) {
    life.reason = kReasons[random_.below(std::size(kReasons))];
    const auto& limits = terms_of<events::RevocationPolicy>();
    const std::int64_t seconds = life.reason == events::RevocationReason::key_compromise
                                     ? limits.key_compromise_seconds
                                     : limits.other_seconds;
    // Hosting ends first.
    if (life.hosted) one(life, events::HostingDisabled{});
    life.hosted = false;
    start(life);
    sink_.put(stream(life), events::RevocationRequested{life.reason, now_.plus_seconds(seconds),
                                                        ref_of<events::RevocationPolicy>()});
    life.revocation_open = true;
    // By mail for those whose holder was checked.
    if (life.product.level != events::Level::dv) return go_on(life, Stage::confirm_revocation, 300, 21'600);
    go_on(life, Stage::revoke, 60, 43'200);
}

void Story::revoke(Life& life) {
    start(life);
    const bool by_ca = life.fate == Fate::is_revoked_by_ca;
    if (!by_ca && random_.percent(8)) {
        sink_.put(stream(life), events::RevocationDeclined{make_cause(random_)});
        life.revocation_open = false;
        life.fate = Fate::expires;
        return care(life);
    }
    renewing_.erase(life.id.value);
    if (by_ca) life.reason = events::RevocationReason::privilege_withdrawn;
    sink_.put(stream(life), events::CertificateRevoked{life.reason, by_ca});
    life.hosted = false;
    judge(life, by_ca);
}

/// Decides about the refund, in the command that was begun.
void Story::judge(Life& life, bool by_ca) {
    const auto verdict =
        policies::judge_refund(terms_of<events::RefundPolicy>(), ref_of<events::RefundPolicy>(),
                               {life.payment, life.paid_at, life.issued_at, now_, by_ca}, zones_);
    if (!verdict.granted) {
        sink_.put(stream(life), events::RefundDeclined{verdict.reason, verdict.policy, verdict.inputs});
        if (random_.percent(20)) return go_on(life, Stage::remove, 3'600, 3 * kSecondsPerDay);
        life.stage = Stage::over;
        return;
    }
    sink_.put(stream(life),
              events::RefundGranted{verdict.reason, life.payment, verdict.policy, verdict.inputs});
    life.refunded = true;
    if (random_.percent(90)) return go_on(life, Stage::pay, 3'600, 3 * kSecondsPerDay);
    life.stage = Stage::over;
}

void Story::remove(Life& life) {
    if (life.hosted) one(life, events::HostingDisabled{});
    start(life);
    // A target may still serve it, and a revocation may be open.
    const bool forced = !life.target.empty() || life.revocation_open;
    sink_.put(stream(life), events::CertificateDeleted{forced});
    if (life.unit && !life.issued_at && !life.refunded) {
        sink_.put(events::stream_of(life.unit->quota), events::QuotaReturned{life.unit->unit, life.id});
        quotas_.give_back(life.unit->quota, life.unit->unit);
    }
    renewing_.erase(life.id.value);
    life.stage = Stage::over;
}

}  // namespace certledger::bench
