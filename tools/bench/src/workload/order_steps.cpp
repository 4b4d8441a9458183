// From the order to the issue.
#include <algorithm>

#include "workload/certificate.hpp"
#include "workload/story.hpp"

namespace certledger::bench {

using events::kSecondsPerDay;
using events::Level;
using events::ValidationMethod;

void Story::order(Life& life) {
    if (life.uploaded) return upload(life);
    // A third is paid by quotas.
    if (random_.percent(33)) {
        quotas_.prepare(accounts_, now_, ref_of<events::RefundPolicy>());
        life.unit = quotas_.take();
        life.account = life.unit->account;
        life.product = life.unit->product;
        life.names = make_names(random_, life.product);
        life.payment = life.unit->share;
        life.paid_at = life.unit->purchased_at;
        life.term_end = now_.plus_seconds(life.product.term_years * 365 * kSecondsPerDay);
        start(life);
        sink_.put(events::stream_of(life.unit->quota),
                  events::QuotaConsumed{life.unit->unit, life.unit->share, life.id});
        sink_.put(stream(life),
                  events::CertificateCreated{life.unit->unit, life.term_end, life.paid_at, life.payment,
                                             life.product, life.names, std::nullopt, life.unit->quota});
    } else {
        life.product = make_product(random_);
        life.names = make_names(random_, life.product);
        life.payment = make_price(random_, life.product);
        life.paid_at = now_;
        life.term_end = now_.plus_seconds(life.product.term_years * 365 * kSecondsPerDay);
        start(life);
        sink_.put(stream(life),
                  events::CertificatePurchased{life.term_end, life.paid_at, life.payment, life.product,
                                               life.names, std::nullopt, std::nullopt});
    }
    // Some orders are thought better of before anything is applied for.
    if (random_.percent(3)) return go_on(life, Stage::ask_for_refund, 600, 2 * kSecondsPerDay);
    if (random_.percent(2)) return go_on(life, Stage::remove, 3'600, 5 * kSecondsPerDay);
    go_on(life, Stage::submit, 20, 21'600);
}

void Story::upload(Life& life) {
    life.product = make_product(random_);
    life.names = make_names(random_, life.product);
    life.issued_at = now_;
    events::CertificateIssued validity;
    choose_validity(life, validity);
    one(life, make_upload(random_, life.names, validity.not_before, validity.not_after));
    after_issue(life);
}

void Story::submit(Life& life) {
    const bool first_time = life.proven == 0 && life.tries == 0;
    if (first_time && random_.percent(2)) {
        refuse(life, events::RefusalCode::method_not_allowed, events::Status::paid, "submit-application",
               "mail is for ov and ev orders");
    }
    events::ApplicationSubmitted submitted;
    const bool wildcard = life.product.kind == events::Kind::wildcard;
    const std::size_t drawn = random_.weighted({55, 25, wildcard ? 0U : 20U});
    life.method = life.product.level != Level::dv ? ValidationMethod::mail
                  : drawn == 0                    ? ValidationMethod::dns_auto
                  : drawn == 1                    ? ValidationMethod::dns_manual
                                                  : ValidationMethod::http_file;
    random_.fill(life.key_sha256);
    submitted.validation = life.method;
    submitted.key_source = events::KeySource::elsewhere;
    submitted.key_sha256 = life.key_sha256;
    const auto seal = [&](std::size_t size) {
        events::Sealed sealed;
        sealed.subject = "subject-" + random_.hex(24);
        sealed.box.resize(size);
        for (auto& octet : sealed.box) octet = static_cast<std::uint8_t>(random_.next());
        return sealed;
    };
    submitted.contact = seal(96);
    if (life.product.level != Level::dv) submitted.company = seal(160);
    start(life);
    sink_.put(stream(life), submitted);
    life.proven = 0;
    go_on(life, Stage::prove, 10, 3'600);
}

void Story::prove(Life& life) {
    if (random_.below(1'000) < 8) {
        start(life);
        sink_.put(stream(life), events::ApplicationWithdrawn{});
        if (++life.tries > 1) return go_on(life, Stage::remove, 60, kSecondsPerDay);
        return go_on(life, Stage::submit, 600, kSecondsPerDay);
    }
    if (life.product.level == Level::dv) return prove_name(life);
    prove_company(life);
}

void Story::prove_name(Life& life) {
    const std::string& name = life.names[life.proven].ascii;
    // With many names, what has to be published is asked for elsewhere.
    if (life.names.size() <= 2 && life.tries == 0)
        one(life, events::ChallengeIssued{life.method, name, random_.hex(43)});
    if (random_.percent(6)) {
        one(life, events::DomainValidationFailed{name, make_cause(random_)});
        life.tries = 1;
        return go_on(life, Stage::prove, 300, 43'200);
    }
    one(life, events::DomainValidated{name});
    if (++life.proven < life.names.size()) return go_on(life, Stage::prove, 5, 600);
    go_on(life, Stage::decide, 30, 3'600);
}

void Story::prove_company(Life& life) {
    switch (life.proven++) {
        case 0:
            one(life, events::ValidationMailSent{});
            if (life.product.level == Level::ev) one(life, events::PhoneVerificationRequested{});
            return go_on(life, Stage::prove, 600, 43'200);
        case 1:
            if (life.product.level == Level::ev) one(life, events::PhoneVerified{});
            one(life, events::OrganizationVerified{});
            return go_on(life, Stage::prove, 600, 43'200);
        default:
            one(life, events::ValidationMailConfirmed{});
            return go_on(life, Stage::decide, 600, 14'400);
    }
}

void Story::decide(Life& life) {
    if (random_.percent(25)) one(life, events::ReviewStarted{});
    if (random_.percent(4)) {
        one(life, events::ApplicationRejected{make_cause(random_)});
        const std::size_t then = random_.weighted({50, 30, 20});
        if (then == 0) return go_on(life, Stage::submit, 3'600, kSecondsPerDay);
        if (then == 1) return go_on(life, Stage::ask_for_refund, 3'600, kSecondsPerDay);
        return go_on(life, Stage::remove, 3'600, 3 * kSecondsPerDay);
    }
    if (random_.percent(40)) one(life, events::IssuanceIntended{});
    if (random_.percent(2)) {
        one(life, events::IssuanceFailed{make_cause(random_)});
        return go_on(life, Stage::decide, 60, 3'600);
    }
    go_on(life, Stage::issue, 2, 120);
}

void Story::choose_validity(Life& life, events::CertificateIssued& issued) {
    const auto& caps = terms_of<events::ValidityPolicy>();
    issued.validity_cap_days = policies::days_at(caps.steps, now_);
    issued.not_before = events::Instant::from_seconds(now_.seconds() - 3'600);
    constexpr std::int64_t kLong[] = {90, 199, 397};
    constexpr std::int64_t kShort[] = {7, 10, 14, 30};
    std::int64_t days = kShort[random_.weighted({40, 30, 20, 10})];
    const auto end_of = [&](std::int64_t of) {
        return issued.not_before.plus_seconds(of * kSecondsPerDay - 1);
    };
    if (ends_at_ && !life.by_term && random_.percent(70)) {
        const std::int64_t wished = std::min(kLong[random_.below(3)], issued.validity_cap_days);
        if (end_of(wished) > ends_at_->plus_seconds(10 * kSecondsPerDay)) {
            days = wished;
            life.outlasts = true;
        }
    }
    issued.not_after = end_of(days);
    life.not_after = issued.not_after;
}

void Story::issue(Life& life) {
    events::CertificateIssued issued;
    choose_validity(life, issued);
    random_.fill(issued.sha256);
    issued.key_sha256 = life.key_sha256;
    issued.reuse_days = policies::days_at(terms_of<events::ReusePolicy>().steps, now_);
    issued.validity_policy = ref_of<events::ValidityPolicy>();
    issued.reuse_policy = ref_of<events::ReusePolicy>();
    issued.serial = random_.hex(32);
    issued.issuer = "CN=Northgate Issuing CA " + std::to_string(random_.below(4)) + ",O=Northgate,C=DE";
    issued.names = life.names;
    life.issued_at = now_;
    start(life);
    sink_.put(stream(life), issued);
    if (life.predecessor) {
        const auto waiting = renewing_.find(life.predecessor->value);
        if (waiting != renewing_.end()) {
            sink_.put(events::stream_of(*life.predecessor), events::RenewalCompleted{life.id});
            renewing_.erase(waiting);
        }
    }
    after_issue(life);
}

void Story::refuse(const Life& life, events::RefusalCode code, std::optional<events::Status> status,
                   const char* command, const char* message) {
    start(life);
    sink_.put(events::rejection_stream(stream(life)),
              events::CommandRefused{code, status, command, message, std::nullopt});
}

}  // namespace certledger::bench
