#include <catch2/catch.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;
using domain::DeploymentOutcome;
using events::RefusalCode;

namespace {

constexpr const char* kTarget = "dir:/srv/tls";

class Deployments {
  public:
    Deployments() : ledger_(shared_.open()) {
        issue_one(ledger_, "narrow", 1, "www.example.com");
        issue_one(ledger_, "other", 2, "other.example.com");
    }

    engine::Answer deploy(const std::string& id, bool force = false) {
        domain::DeployCertificate command{{id}, kTarget, force};
        return must(ledger_.execute(request("", command, "2026-02-01T00:00:00Z")));
    }
    void record(const std::string& id, DeploymentOutcome outcome) {
        domain::RecordDeployment command{{id}, kTarget, outcome, std::nullopt, std::nullopt};
        REQUIRE(must(ledger_.execute(request("", command, "2026-02-01T00:00:00Z"))).ok);
    }
    void put(const std::string& id) {
        REQUIRE(deploy(id, true).ok);
        record(id, DeploymentOutcome::succeeded);
    }
    /// Whether the target serves what `other` does not cover.
    bool held_by_narrow() {
        const auto answer = deploy("other");
        return !answer.ok && answer.refusal->code == RefusalCode::names_not_superset;
    }
    /// The same asked of a ledger that has only the log.
    bool held_by_narrow_after_restart() {
        ledger_ = shared_.open();
        return held_by_narrow();
    }
    engine::Ledger& ledger() { return ledger_; }

  private:
    SharedLedger shared_;
    engine::Ledger ledger_;
};

}  // namespace

TEST_CASE("the certificate deployed last holds its target") {
    Deployments deployments;
    CHECK_FALSE(deployments.held_by_narrow());
    deployments.record("other", DeploymentOutcome::failed);
    deployments.put("narrow");
    CHECK(deployments.held_by_narrow());
    CHECK(deployments.held_by_narrow_after_restart());
}

TEST_CASE("a rollback by the holder frees its target") {
    Deployments deployments;
    deployments.put("narrow");
    deployments.record("narrow", DeploymentOutcome::rolled_back);
    CHECK_FALSE(deployments.held_by_narrow());
    CHECK_FALSE(deployments.held_by_narrow_after_restart());
}

TEST_CASE("a rollback by another than the holder is taken and changes nothing") {
    Deployments deployments;
    deployments.put("other");
    deployments.put("narrow");
    deployments.record("other", DeploymentOutcome::rolled_back);
    CHECK(deployments.held_by_narrow());
    CHECK(deployments.held_by_narrow_after_restart());
}

TEST_CASE("a holder that rolls back does not give the target to the one before it") {
    Deployments deployments;
    deployments.put("narrow");
    deployments.put("other");
    deployments.record("other", DeploymentOutcome::rolled_back);
    CHECK_FALSE(deployments.held_by_narrow());
    CHECK_FALSE(deployments.held_by_narrow_after_restart());
}

TEST_CASE("a deleted holder serves nothing any more") {
    Deployments deployments;
    deployments.put("narrow");
    REQUIRE(must(deployments.ledger().execute(request("", domain::DeleteCertificate{{"narrow"}, true}))).ok);
    CHECK_FALSE(deployments.held_by_narrow());
    CHECK_FALSE(deployments.held_by_narrow_after_restart());
}

TEST_CASE("a revoked holder still holds its target") {
    Deployments deployments;
    deployments.put("narrow");
    domain::RecordRevocation revoked;
    revoked.certificate = {"narrow"};
    revoked.by = domain::RevocationBy::ca;
    revoked.reason = events::RevocationReason::superseded;
    REQUIRE(must(deployments.ledger().execute(request("", revoked))).ok);
    CHECK(deployments.held_by_narrow());
    CHECK(deployments.held_by_narrow_after_restart());
}

TEST_CASE("deployments of a batch that was dropped leave no trace") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "narrow", 1, "www.example.com");
    issue_one(ledger, "other", 2, "other.example.com");
    shared.watched->before_append = [](const store::Append&) -> Result<void> {
        return fail(ErrorKind::outside, "no space left");
    };
    REQUIRE(ledger.submit(
        request("", domain::DeployCertificate{{"narrow"}, kTarget, true}, "2026-02-01T00:00:00Z")));
    domain::RecordDeployment done{
        {"narrow"}, kTarget, DeploymentOutcome::succeeded, std::nullopt, std::nullopt};
    REQUIRE(ledger.submit(request("", done)));
    REQUIRE_FALSE(ledger.flush());
    shared.watched->before_append = nullptr;
    CHECK(must(ledger.execute(request("", domain::DeployCertificate{{"other"}, kTarget, false}))).ok);
}

TEST_CASE(
    "a fingerprint that an account holds is refused, also inside of a batch, until its holder is deleted") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    for (const char* id : {"k2", "k3"}) {
        must(ledger.execute(request("", buy(id), "2026-01-02T00:00:00Z")));
        must(ledger.execute(request("", apply_for(id, false), "2026-01-02T00:00:00Z")));
        must(ledger.execute(request("", validated(id), "2026-01-02T00:00:00Z")));
    }
    const auto again = [&](const char* id, std::uint8_t print) {
        return request("", issue(id, "2026-01-02T00:00:00Z", "2026-12-31T23:59:59Z", print),
                       "2026-01-02T00:03:00Z");
    };
    const auto taken = must(ledger.execute(again("k2", 1)));
    REQUIRE_FALSE(taken.ok);
    CHECK(taken.refusal->code == RefusalCode::already_exists);
    REQUIRE(must(ledger.execute(request("", domain::DeleteCertificate{{"k1"}, std::nullopt}))).ok);
    REQUIRE(ledger.submit(again("k2", 1)));
    REQUIRE(ledger.submit(again("k3", 1)));
    const auto answers = must(ledger.flush());
    CHECK(answers[0].ok);
    REQUIRE_FALSE(answers[1].ok);
    CHECK(answers[1].refusal->code == RefusalCode::already_exists);
}
