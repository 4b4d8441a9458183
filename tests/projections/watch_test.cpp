#include "ledger.hpp"

namespace certledger::test {

namespace {

/// `certificate event day`, in the order of the view.
Texts watch(Ledger& ledger, Instant now) {
    Texts made;
    for (const auto& item : ledger.moment(now).watch(ada()).items) {
        CHECK(item.overdue_seconds == now.seconds() - item.by.seconds());
        const auto since = item.by.seconds() - day(0).seconds();
        made.push_back(item.certificate.value + " " + std::string(to_name(item.event)) + " " +
                       std::to_string(since / kSecondsPerDay) +
                       (since % kSecondsPerDay != 0 ? "+" + std::to_string(since % kSecondsPerDay) : ""));
    }
    return made;
}

Texts due(Ledger& ledger, Instant now) {
    Texts made;
    for (const auto& item : ledger.moment(now).due()) {
        made.push_back(item.certificate.value + " " + std::string(to_name(item.event)) +
                       (item.days != 0 ? " " + std::to_string(item.days) : "") + " " + to_string(item.at));
    }
    return made;
}

}  // namespace

TEST_CASE("the watch list names the missing event of a stalled application once") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0));
    ledger.submit("k", day(1));
    CHECK(watch(ledger, day(1).plus_seconds(7'200)).empty());
    CHECK(watch(ledger, day(2)) == Texts{"k domain-validated 1+7200"});
    ledger.cert("k", DomainValidated{"a.com"}, day(2));
    ledger.cert("k", DomainValidated{"b.com"}, day(2));
    CHECK(watch(ledger, day(2)) == Texts{"k certificate-issued 1+7200"});
    ledger.cert("k", ApplicationWithdrawn{}, day(2));
    CHECK(watch(ledger, day(3)).empty());
}

TEST_CASE("every deployment without an outcome is watched after an hour") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.cert("k", DeploymentStarted{false, "t1"}, day(1));
    ledger.cert("k", DeploymentStarted{false, "t2"}, day(1).plus_seconds(60));
    CHECK(watch(ledger, day(1).plus_seconds(3'600)).empty());
    CHECK(watch(ledger, day(2)) == Texts{"k certificate-deployed 1+3600", "k certificate-deployed 1+3660"});
    ledger.cert("k", CertificateDeployed{"t1"}, day(2));
    CHECK(watch(ledger, day(2)) == Texts{"k certificate-deployed 1+3660"});
}

TEST_CASE("a revocation that the CA has not answered is watched from its deadline") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(200));
    ledger.cert("k", RevocationRequested{RevocationReason::key_compromise, day(11), {}}, day(10));
    CHECK(watch(ledger, day(11)).empty());
    CHECK(watch(ledger, day(12)) == Texts{"k certificate-revoked 11"});
}

TEST_CASE("a granted refund that is not paid is watched after five days") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.grant("k", "100.00 USD", day(1));
    CHECK(watch(ledger, day(6)).empty());
    CHECK(watch(ledger, day(7)) == Texts{"k refund-paid 6"});
    ledger.cert("k", RefundPaid{money("100.00 USD"), "r"}, day(7));
    CHECK(watch(ledger, day(8)).empty());
}

TEST_CASE("what a tick would record is due, each at its own instant") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(40));
    CHECK(due(ledger, day(9)).empty());
    CHECK(due(ledger, day(10)) ==
          Texts{"k renewal-due 2026-01-11T00:00:00Z", "k expiry-noticed 30 2026-01-11T00:00:00Z"});
    ledger.cert("k", RenewalDue{day(40)}, day(10));
    ledger.cert("k", ExpiryNoticed{30, day(40)}, day(10));
    CHECK(due(ledger, day(34)) ==
          Texts{"k expiry-noticed 14 2026-01-27T00:00:00Z", "k expiry-noticed 7 2026-02-03T00:00:00Z"});
    CHECK(watch(ledger, day(34)) == Texts{"k expiry-noticed 26", "k expiry-noticed 33"});
    CHECK(due(ledger, day(40)).size() == 3);
    CHECK(due(ledger, day(41)).back() == "k certificate-expired 2026-02-10T00:00:00Z");
    CHECK(watch(ledger, day(41)).back() == "k certificate-expired 40");
    ledger.cert("k", CertificateExpired{day(40)}, day(41));
    CHECK(due(ledger, day(42)).empty());
    CHECK(watch(ledger, day(42)).empty());
}

TEST_CASE("an expiry waits for the answer to a revocation; the watch list still shows it") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(5));
    ledger.cert("k", RenewalDue{day(5)}, day(1));
    for (const auto days : {1, 7}) ledger.cert("k", ExpiryNoticed{days, day(5)}, day(4));
    ledger.cert("k", RevocationRequested{RevocationReason::superseded, day(9), {}}, day(4));
    CHECK(due(ledger, day(6)).empty());
    CHECK(watch(ledger, day(6)) == Texts{"k certificate-expired 5"});
}

TEST_CASE("an upload gets notices and an end, but no renewal; a successor ends the call for one") {
    Ledger ledger;
    ledger.upload("u", {"a.com"}, day(0), day(20));
    CHECK(due(ledger, day(7)) == Texts{"u expiry-noticed 14 2026-01-07T00:00:00Z"});
    ledger.make("k", {"a.com"}, day(0), day(25), 2);
    ledger.cert("k", RenewalStarted{RenewalPayment::term, {}, {"n"}}, day(1));
    CHECK(due(ledger, day(7)).size() == 1);
}

TEST_CASE("a renewal that was begun is watched from the certificate's end until the successor is issued") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(5));
    ledger.cert("k", RenewalDue{day(5)}, day(1));
    for (const auto days : {1, 7}) ledger.cert("k", ExpiryNoticed{days, day(5)}, day(4));
    ledger.cert("k", RenewalStarted{RenewalPayment::term, {}, {"n"}}, day(4));
    CHECK(watch(ledger, day(5)).empty());
    CHECK(watch(ledger, day(6)) == Texts{"k renewal-completed 5", "k certificate-expired 5"});
    ledger.cert("k", RenewalCompleted{{"n"}}, day(6));
    CHECK(watch(ledger, day(6)) == Texts{"k certificate-expired 5"});
}

TEST_CASE("what is due is found in every account") {
    Ledger ledger;
    ledger.upload("a", {"a.com"}, day(0), day(7));
    ledger.account = AccountId{"bob"};
    ledger.upload("b", {"a.com"}, day(0), day(7));
    CHECK(due(ledger, day(0)) ==
          Texts{"a expiry-noticed 7 2026-01-01T00:00:00Z", "b expiry-noticed 7 2026-01-01T00:00:00Z"});
    CHECK(ledger.moment(day(0)).due(ada()).size() == 1);
}

TEST_CASE("the calendar shows ends in order, with renewal window and next notice") {
    Ledger ledger;
    ledger.make("k1", {"a.com"}, day(0), day(100), 1);
    ledger.upload("k2", {"b.com"}, day(0), day(50), 2);
    ledger.make("k3", {"c.com"}, day(0), day(10), 3);
    ledger.cert("k3", CertificateRevoked{}, day(1));
    const auto moment = ledger.moment(day(25));
    const auto items = moment.calendar(ada()).items;
    REQUIRE(items.size() == 2);
    CHECK(items[0].certificate.value == "k2");
    CHECK(items[0].days_left == 25);
    CHECK_FALSE(items[0].renewal_from);
    CHECK(items[0].next_notice_at == day(36));
    CHECK(items[1].renewal_from == day(70));
    CHECK(moment.calendar(ada(), {day(60), day(100)}).items.size() == 1);
    CHECK(moment.calendar(ada(), {std::nullopt, day(49)}).items.empty());
}

TEST_CASE("evidence says how and when each name was proven and until when it may be used again") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0));
    ledger.submit("k", day(1), ValidationMethod::http_file);
    ledger.cert("k", ChallengeIssued{ValidationMethod::http_file, "a.com", "token"}, day(1));
    ledger.cert("k", DomainValidated{"a.com"}, day(2));
    ledger.cert("k", DomainValidationFailed{"b.com", "404"}, day(3));
    const auto items = ledger.moment(day(4)).evidence(ada(), {"k"})->items;
    REQUIRE(items.size() == 2);
    CHECK(items[0].method == ValidationMethod::http_file);
    CHECK(items[0].challenged_at == day(1));
    CHECK(items[0].succeeded == true);
    CHECK(items[0].at == day(2));
    // 398 days for an issue before 15 March 2026, 200 from then on.
    CHECK(items[0].reusable_until == day(202));
    CHECK(items[1].succeeded == false);
    CHECK(items[1].cause == "404");
    CHECK_FALSE(items[1].reusable_until);
}

TEST_CASE("a stricter step of the reuse rule ends what is older than it allows") {
    Ledger ledger;
    const auto until = [&](const std::string& id, Instant proven) {
        ledger.buy(id, {"a.com"}, proven);
        ledger.submit(id, proven, ValidationMethod::http_file);
        ledger.cert(id, DomainValidated{"a.com"}, proven);
        return ledger.moment(proven).evidence(ada(), {id})->items[0].reusable_until.value();
    };
    const auto march = [](int year) {
        return Instant::from_seconds(events::days_from_date({year, 3, 15}) * kSecondsPerDay);
    };
    // 200 days before the step of 15 March 2026 it can still be used on that day, a second earlier it cannot.
    CHECK(until("a", march(2026).plus_seconds(-200 * kSecondsPerDay)) == march(2026));
    CHECK(until("b", march(2026).plus_seconds(-200 * kSecondsPerDay - 1)) == march(2026).plus_seconds(-1));
    CHECK(until("c", march(2029).plus_seconds(-50 * kSecondsPerDay)) == march(2029).plus_seconds(-1));
    CHECK(until("d", march(2029)) == march(2029).plus_seconds(10 * kSecondsPerDay));
}

TEST_CASE("a confirmed mail is the evidence of every name of an ov order") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0), Level::ov);
    ledger.submit("k", day(1), ValidationMethod::mail);
    CHECK_FALSE(ledger.moment(day(1)).evidence(ada(), {"k"})->items[0].succeeded);
    ledger.cert("k", ValidationMailConfirmed{}, day(2));
    const auto evidence = ledger.moment(day(3)).evidence(ada(), {"k"});
    REQUIRE(evidence);
    for (const auto& item : evidence->items) {
        CHECK(item.method == ValidationMethod::mail);
        CHECK(item.at == day(2));
    }
}

}  // namespace certledger::test
