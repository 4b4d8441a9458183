#include "ledger.hpp"

namespace certledger::test {

namespace {

/// `target=holder`, one for each target that serves something.
Texts served(Ledger& ledger) {
    Texts made;
    for (const auto& item : ledger.moment(day(60)).deployments(ada()).items)
        made.push_back(item.target + "=" + item.certificate.value);
    return made;
}

Texts targets(Ledger& ledger, const std::string& id) {
    return ledger.moment(day(60)).certificate(ada(), {id})->targets;
}

struct Two : Ledger {
    Two() {
        make("k1", {"a.com"}, day(0), day(100), 1);
        make("k2", {"a.com"}, day(0), day(100), 2);
    }
};

}  // namespace

TEST_CASE("the certificate last deployed on a target holds it") {
    Two ledger;
    ledger.deploy("k1", "t1", day(1));
    ledger.deploy("k1", "t2", day(1));
    CHECK(targets(ledger, "k1") == Texts{"t1", "t2"});
    ledger.deploy("k2", "t1", day(2));
    CHECK(targets(ledger, "k1") == Texts{"t2"});
    CHECK(targets(ledger, "k2") == Texts{"t1"});
    CHECK(served(ledger) == Texts{"t1=k2", "t2=k1"});
}

TEST_CASE("a start or a failure frees nothing") {
    Two ledger;
    ledger.deploy("k1", "t", day(1));
    ledger.cert("k2", DeploymentStarted{false, "t"}, day(2));
    ledger.cert("k2", DeploymentFailed{"t", "no route"}, day(2));
    ledger.cert("k1", DeploymentStarted{false, "t"}, day(3));
    ledger.cert("k1", DeploymentFailed{"t", "no route"}, day(3));
    CHECK(served(ledger) == Texts{"t=k1"});
}

TEST_CASE("a rollback frees the target of its holder") {
    Two ledger;
    ledger.deploy("k1", "t", day(1));
    ledger.cert("k1", DeploymentRolledBack{"t", "bad chain"}, day(2));
    CHECK(served(ledger).empty());
    CHECK(targets(ledger, "k1").empty());
}

TEST_CASE("a rollback after another certificate took the target over changes nothing") {
    Two ledger;
    ledger.deploy("k1", "t", day(1));
    ledger.deploy("k2", "t", day(2));
    ledger.cert("k1", DeploymentRolledBack{"t", "late"}, day(3));
    CHECK(served(ledger) == Texts{"t=k2"});
}

TEST_CASE("a deleted holder serves nothing any more; a revoked or expired one still does") {
    Two ledger;
    ledger.deploy("k1", "t1", day(1));
    ledger.deploy("k2", "t2", day(1));
    ledger.cert("k1", CertificateRevoked{}, day(2));
    ledger.cert("k2", CertificateExpired{day(1)}, day(2));
    CHECK(served(ledger) == Texts{"t1=k1", "t2=k2"});
    ledger.cert("k1", CertificateDeleted{true}, day(3));
    CHECK(served(ledger) == Texts{"t2=k2"});
    ledger.make("k3", {"a.com"}, day(3), day(100), 3);
    ledger.deploy("k3", "t1", day(4));
    CHECK(served(ledger) == Texts{"t1=k3", "t2=k2"});
}

TEST_CASE("targets of different accounts are different targets") {
    Two ledger;
    ledger.deploy("k1", "t", day(1));
    ledger.account = AccountId{"bob"};
    ledger.make("b", {"a.com"}, day(0), day(100), 1);
    ledger.deploy("b", "t", day(2));
    CHECK(served(ledger) == Texts{"t=k1"});
}

TEST_CASE("targets with long names that begin alike are different targets") {
    Two ledger;
    const std::string begin(1'000, 'x');
    ledger.deploy("k1", begin + "1", day(1));
    ledger.deploy("k2", begin + "2", day(1));
    CHECK(served(ledger) == Texts{begin + "1=k1", begin + "2=k2"});
    ledger.deploy("k2", begin + "1", day(2));
    CHECK(served(ledger) == Texts{begin + "1=k2", begin + "2=k2"});
    views::ListQuery query;
    query.target = begin + "1";
    CHECK(ids(ledger.moment(day(3)).list(ada(), query)) == Texts{"k2"});
}

TEST_CASE("a target tells what was last seen of it") {
    Two ledger;
    ledger.deploy("k1", "t", day(1));
    const auto seen = [&] { return ledger.moment(day(60)).deployments(ada()).items.front(); };
    CHECK(seen().seen == views::Sighting::never);
    CHECK(seen().deployed_at == day(1));
    ledger.cert("k1", DeploymentDrifted{"t", "other key", digest(9)}, day(2));
    CHECK(seen().seen == views::Sighting::drifted);
    CHECK(seen().cause == "other key");
    CHECK(seen().fingerprint == digest(9));
    ledger.cert("k1", DeploymentObserved{"t", digest(1)}, day(3));
    CHECK(seen().seen == views::Sighting::served);
    CHECK(seen().seen_at == day(3));
    CHECK_FALSE(seen().cause);
    ledger.deploy("k1", "t", day(4));
    CHECK(seen().seen == views::Sighting::never);
}

}  // namespace certledger::test
