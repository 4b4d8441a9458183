#include "ledger.hpp"

namespace certledger::test {

namespace {

/// `account certificate event target day version`, in the order of the view.
Texts open_work(Ledger& ledger, Instant now, const std::optional<AccountId>& account = std::nullopt) {
    Texts made;
    for (const auto& work : ledger.moment(now).open_work(account)) {
        made.push_back(work.account.value + " " + work.certificate.value + " " +
                       std::string(to_name(work.begun)) + " " + work.target + " " +
                       std::to_string((work.since.seconds() - day(0).seconds()) / kSecondsPerDay) + " " +
                       std::to_string(work.version));
    }
    return made;
}

}  // namespace

TEST_CASE("an application is open work until it is answered") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    CHECK(open_work(ledger, day(9)).empty());
    ledger.submit("k", day(1));
    CHECK(open_work(ledger, day(9)) == Texts{"ada k application-submitted  1 2"});
    ledger.cert("k", DomainValidationFailed{"a.com", "no record"}, day(2));
    CHECK(open_work(ledger, day(9)) == Texts{"ada k application-submitted  1 3"});
    ledger.cert("k", ApplicationWithdrawn{}, day(2));
    CHECK(open_work(ledger, day(9)).empty());
}

TEST_CASE("every announced deployment without an outcome is open work") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.cert("k", DeploymentStarted{false, "t1"}, day(2));
    ledger.cert("k", DeploymentStarted{false, "t2"}, day(1));
    CHECK(open_work(ledger, day(9)) ==
          Texts{"ada k deployment-started t2 1 6", "ada k deployment-started t1 2 6"});
    ledger.cert("k", CertificateDeployed{"t2"}, day(3));
    ledger.cert("k", DeploymentFailed{"t1", "no room"}, day(3));
    CHECK(open_work(ledger, day(9)).empty());
    // Nothing is owed to a target once the certificate is revoked.
    ledger.cert("k", DeploymentStarted{false, "t1"}, day(4));
    ledger.cert("k", RevocationRequested{RevocationReason::superseded, day(8), {}}, day(5));
    CHECK(open_work(ledger, day(9)) ==
          Texts{"ada k deployment-started t1 4 10", "ada k revocation-requested  5 10"});
    ledger.cert("k", CertificateRevoked{RevocationReason::superseded, false}, day(6));
    CHECK(open_work(ledger, day(9)).empty());
}

TEST_CASE("open work is that of every account, or of one, the oldest first") {
    Ledger ledger;
    for (const auto* account : {"ada", "bob"}) {
        ledger.account.value = account;
        const std::string id = std::string("of-") + account;
        ledger.buy(id, {"a.com"}, day(0));
        ledger.submit(id, day(account[0] == 'a' ? 2 : 1));
    }
    const Texts both{"bob of-bob application-submitted  1 2", "ada of-ada application-submitted  2 2"};
    CHECK(open_work(ledger, day(9)) == both);
    CHECK(open_work(ledger, day(9), AccountId{"ada"}) == Texts{both.back()});
    CHECK(open_work(ledger, day(9), AccountId{"nobody"}).empty());
}

}  // namespace certledger::test
