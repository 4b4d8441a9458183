#include "ledger.hpp"

namespace certledger::test {

namespace {

/// `step[:name] state [@day] [cause] [-> event from party [by day][!]]`, one a line.
std::string line(const views::ProgressStep& step) {
    std::string made(to_name(step.step));
    if (step.name) made += ":" + *step.name;
    made += " " + std::string(to_name(step.state));
    const auto days = [](Instant instant) {
        const auto seconds = instant.seconds() - day(0).seconds();
        const auto rest = seconds % kSecondsPerDay;
        return std::to_string(seconds / kSecondsPerDay) + (rest != 0 ? "+" + std::to_string(rest) + "s" : "");
    };
    if (step.at) made += " @" + days(*step.at);
    if (step.cause) made += " (" + *step.cause + ")";
    if (step.expected) {
        made += " -> " + std::string(to_name(step.expected->event)) + " from " +
                std::string(to_name(step.expected->from));
        if (step.expected->by) made += " by " + days(*step.expected->by);
        if (step.expected->overdue) made += "!";
    }
    return made;
}

Texts progress(Ledger& ledger, const std::string& id, Instant now) {
    const auto found = ledger.moment(now).progress(ada(), {id});
    REQUIRE(found);
    Texts made;
    for (const auto& step : found->steps) made.push_back(line(step));
    return made;
}

}  // namespace

TEST_CASE("progress of an order that nobody has applied for") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0));
    CHECK(progress(ledger, "k", day(1)) ==
          Texts{"purchase done @0", "application current -> application-submitted from applicant",
                "validation:a.com waiting", "validation:b.com waiting", "review waiting", "issue waiting",
                "deployment waiting", "renewal waiting", "revocation waiting", "refund waiting"});
}

TEST_CASE("progress of a dv application goes name by name, and says what is overdue") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0));
    ledger.submit("k", day(1));
    ledger.cert("k", DomainValidated{"a.com"}, day(1).plus_seconds(60));
    ledger.cert("k", DomainValidationFailed{"b.com", "no TXT record"}, day(1).plus_seconds(90));
    auto steps = progress(ledger, "k", day(1).plus_seconds(7'200));
    CHECK(steps[1] == "application done @1");
    CHECK(steps[2] == "validation:a.com done @1+60s");
    CHECK(steps[3] ==
          "validation:b.com failed @1+90s (no TXT record) -> domain-validated from applicant by "
          "1+7200s");
    CHECK(steps[4] == "review waiting");
    CHECK(steps[5] == "issue waiting");
    steps = progress(ledger, "k", day(2));
    CHECK(steps[3].ends_with("by 1+7200s!"));
    ledger.cert("k", DomainValidated{"b.com"}, day(2));
    steps = progress(ledger, "k", day(2));
    CHECK(steps[3] == "validation:b.com done @2");
    CHECK(steps[4] == "review current -> certificate-issued from ca by 1+7200s!");
    ledger.cert("k", IssuanceIntended{}, day(3));
    steps = progress(ledger, "k", day(3));
    CHECK(steps[4] == "review done @3");
    CHECK(steps[5] == "issue current @3 -> certificate-issued from ca by 1+7200s!");
    ledger.cert("k", IssuanceFailed{"HSM is down"}, day(4));
    steps = progress(ledger, "k", day(4));
    CHECK(steps[5] == "issue failed @4 (HSM is down) -> certificate-issued from ca by 1+7200s!");
}

TEST_CASE("what the service proves by itself is expected from the service") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.submit("k", day(1), ValidationMethod::dns_auto);
    CHECK(progress(ledger, "k", day(1))[2] ==
          "validation:a.com current -> domain-validated from service by 1+7200s");
}

TEST_CASE("progress of an ov application has one validation step without a name") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "b.com"}, day(0), Level::ov);
    ledger.submit("k", day(1), ValidationMethod::mail);
    auto steps = progress(ledger, "k", day(1));
    REQUIRE(steps.size() == 9);
    CHECK(steps[2] == "validation current -> validation-mail-sent from ca by 6");
    CHECK(steps[3] == "review waiting");
    ledger.cert("k", ValidationMailSent{}, day(2));
    CHECK(progress(ledger, "k", day(2))[2] ==
          "validation current -> validation-mail-confirmed from applicant by 6");
    ledger.cert("k", ReviewStarted{}, day(2));
    ledger.cert("k", ValidationMailConfirmed{}, day(3));
    steps = progress(ledger, "k", day(3));
    CHECK(steps[2] == "validation done @3");
    CHECK(steps[3] == "review current @2 -> organization-verified from ca by 6");
    ledger.cert("k", OrganizationVerified{}, day(4));
    CHECK(progress(ledger, "k", day(7))[3] == "review current @2 -> certificate-issued from ca by 6!");
    ledger.issue("k", day(7), day(100));
    steps = progress(ledger, "k", day(8));
    CHECK(steps[2] == "validation done @3");
    CHECK(steps[3] == "review done @7");
    CHECK(steps[4] == "issue done @7");
}

TEST_CASE("an address in an ov order is proven by itself, within the one validation step") {
    Ledger ledger;
    ledger.buy("k", {"a.com", "192.0.2.1"}, day(0), Level::ov);
    ledger.submit("k", day(1), ValidationMethod::http_file);
    ledger.cert("k", ValidationMailConfirmed{}, day(2));
    CHECK(progress(ledger, "k", day(2))[2] == "validation current -> domain-validated from applicant by 6");
    ledger.cert("k", DomainValidationFailed{"192.0.2.1", "404"}, day(3));
    CHECK(progress(ledger, "k", day(3))[2].starts_with("validation failed @3 (404)"));
    ledger.cert("k", DomainValidated{"192.0.2.1"}, day(4));
    CHECK(progress(ledger, "k", day(4))[2] == "validation done @4");
}

TEST_CASE("a rejection shows as a failed review that another application can mend") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.submit("k", day(1));
    ledger.cert("k", ApplicationRejected{"high-risk name"}, day(2));
    CHECK(progress(ledger, "k", day(3)) ==
          Texts{"purchase done @0", "application done @1", "validation:a.com waiting",
                "review failed @2 (high-risk name) -> application-submitted from applicant", "issue waiting",
                "deployment waiting", "renewal waiting", "revocation waiting", "refund waiting"});
    ledger.submit("k", day(4));
    CHECK(progress(ledger, "k", day(4))[3] == "review waiting");
}

TEST_CASE("a withdrawn application is expected anew, and validated names live on within the reuse limit") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.submit("k", day(1));
    ledger.cert("k", DomainValidated{"a.com"}, day(1));
    ledger.cert("k", ApplicationWithdrawn{}, day(2));
    auto steps = progress(ledger, "k", day(2));
    CHECK(steps[1] == "application current -> application-submitted from applicant");
    CHECK(steps[2] == "validation:a.com done @1");
    // From 2026-03-15 a validation may be 200 days old.
    CHECK(progress(ledger, "k", day(201))[2] == "validation:a.com done @1");
    CHECK(progress(ledger, "k", day(201).plus_seconds(1))[2] == "validation:a.com waiting");
}

TEST_CASE("after a refund of an unissued certificate everything else is skipped") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.grant("k", "100.00 USD", day(1));
    CHECK(progress(ledger, "k", day(2)) ==
          Texts{"purchase done @0", "application skipped", "validation:a.com skipped", "review skipped",
                "issue skipped", "deployment skipped", "renewal skipped", "revocation skipped",
                "refund current @1 -> refund-paid from operator by 6"});
    ledger.cert("k", RefundPaid{money("100.00 USD"), "r1"}, day(3));
    CHECK(progress(ledger, "k", day(3))[8] == "refund done @3");
}

TEST_CASE("progress of an issued certificate looks ahead to renewal and end") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    CHECK(progress(ledger, "k", day(1)) ==
          Texts{"purchase done @0", "application done @0", "validation:a.com done @0", "review done @0",
                "issue done @0", "deployment current -> deployment-started from operator",
                "renewal waiting -> renewal-due from service by 70", "revocation waiting", "refund waiting"});
    // The refund window is thirty days, boundary included.
    CHECK(progress(ledger, "k", day(30))[8] == "refund waiting");
    CHECK(progress(ledger, "k", day(30).plus_seconds(1))[8] == "refund skipped");
    CHECK(progress(ledger, "k", day(70))[6] == "renewal current -> renewal-started from applicant by 100");
    CHECK(progress(ledger, "k", day(100))[6] == "renewal current -> renewal-started from applicant by 100");
    const auto past = progress(ledger, "k", day(101));
    CHECK(past[5] == "deployment skipped");
    CHECK(past[6] == "renewal skipped");
    ledger.cert("k", CertificateExpired{day(100)}, day(101));
    const auto expired = progress(ledger, "k", day(102));
    CHECK(expired[6] == "renewal skipped");
    CHECK(expired[7] == "revocation skipped");
    CHECK(expired[8] == "refund skipped");
}

TEST_CASE("deployment goes from start to outcome, and a failure says why") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.cert("k", DeploymentStarted{false, "t"}, day(1));
    CHECK(progress(ledger, "k", day(1))[5] ==
          "deployment current @1 -> certificate-deployed from service by 1+3600s");
    ledger.cert("k", DeploymentFailed{"t", "no route"}, day(2));
    CHECK(progress(ledger, "k", day(2))[5] ==
          "deployment failed @2 (no route) -> deployment-started from operator");
    ledger.deploy("k", "t", day(3));
    CHECK(progress(ledger, "k", day(3))[5] == "deployment done @3");
    ledger.cert("k", DeploymentRolledBack{"t", "bad chain"}, day(4));
    CHECK(progress(ledger, "k", day(4))[5] ==
          "deployment failed @4 (bad chain) -> deployment-started from operator");
}

TEST_CASE("renewal is going on until the successor is issued") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.cert("k", RenewalStarted{RenewalPayment::term, {}, {"n"}}, day(80));
    ledger.buy("n", {"a.com"}, day(80), Level::dv, "0.00 USD", CertificateId{"k"});
    CHECK(progress(ledger, "k", day(81))[6] == "renewal current @80 -> renewal-completed from ca by 100");
    SECTION("issued in time") {
        ledger.submit("n", day(81));
        ledger.issue("n", day(82), day(180), 2);
        ledger.cert("k", RenewalCompleted{{"n"}}, day(82));
        CHECK(progress(ledger, "k", day(83))[6] == "renewal done @82");
    }
    SECTION("issued after the end of the old one, which then takes no event any more") {
        ledger.cert("k", CertificateExpired{day(100)}, day(101));
        ledger.submit("n", day(102));
        ledger.issue("n", day(102), day(180), 2);
        CHECK(progress(ledger, "k", day(103))[6] == "renewal done @102");
    }
    SECTION("the successor was deleted unissued") {
        ledger.cert("n", CertificateDeleted{}, day(82));
        CHECK(progress(ledger, "k", day(83))[6] ==
              "renewal current -> renewal-started from applicant by 100");
    }
}

TEST_CASE("revocation: requested, declined, completed") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.cert("k", RevocationRequested{RevocationReason::key_compromise, day(11), {}}, day(10));
    CHECK(progress(ledger, "k", day(12))[7] ==
          "revocation current @10 (key-compromise) -> certificate-revoked from ca by 11!");
    ledger.cert("k", RevocationDeclined{"not the subscriber"}, day(12));
    CHECK(progress(ledger, "k", day(12))[7] == "revocation failed @12 (not the subscriber)");
    ledger.cert("k", RevocationRequested{RevocationReason::superseded, day(18), {}}, day(13));
    ledger.cert("k", CertificateRevoked{RevocationReason::superseded, false}, day(14));
    ledger.decline("k", "100.00 USD", day(14));
    const auto steps = progress(ledger, "k", day(15));
    CHECK(steps[5] == "deployment skipped");
    CHECK(steps[6] == "renewal skipped");
    CHECK(steps[7] == "revocation done @14 (superseded)");
    CHECK(steps[8] == "refund failed @14 (window-closed)");
}

TEST_CASE("an ov revocation waits for the applicant's mail first") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0), Level::ov);
    ledger.submit("k", day(0), ValidationMethod::mail);
    ledger.issue("k", day(1), day(100));
    ledger.cert("k", RevocationRequested{RevocationReason::superseded, day(15), {}}, day(10));
    CHECK(progress(ledger, "k", day(11))[7] ==
          "revocation current @10 (superseded) -> revocation-confirmed from applicant by 15");
    ledger.cert("k", RevocationConfirmed{}, day(11));
    CHECK(progress(ledger, "k", day(11))[7] ==
          "revocation current @10 (superseded) -> certificate-revoked from ca by 15");
}

TEST_CASE("an uploaded certificate was ordered elsewhere") {
    Ledger ledger;
    ledger.upload("k", {"a.com", "b.com"}, day(0), day(100));
    CHECK(progress(ledger, "k", day(1)) == Texts{"purchase skipped", "application skipped",
                                                 "validation skipped", "review skipped", "issue done @0",
                                                 "deployment current -> deployment-started from operator",
                                                 "renewal skipped", "revocation skipped", "refund skipped"});
}

TEST_CASE("a hosted certificate is renewed and deployed by the service") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.cert("k", HostingEnabled{}, day(1));
    const auto steps = progress(ledger, "k", day(71));
    CHECK(steps[5] == "deployment current -> deployment-started from service");
    CHECK(steps[6] == "renewal current -> renewal-started from service by 100");
}

}  // namespace certledger::test
