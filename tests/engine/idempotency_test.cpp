#include <catch2/catch.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;
using events::RefusalCode;

namespace {

void check_same(const engine::Answer& again, const engine::Answer& first) {
    CHECK(again.ok);
    CHECK(again.replayed);
    CHECK(again.position == first.position);
    CHECK(again.events == first.events);
    CHECK(again.status == first.status);
    CHECK(again.certificate == first.certificate);
    CHECK(again.quota == first.quota);
    CHECK(again.successor == first.successor);
}

}  // namespace

TEST_CASE("the same command id with the same content answers with the first answer and appends nothing") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto first = must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    CHECK_FALSE(first.replayed);
    check_same(must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z"))), first);
    CHECK(shared.log().head().position == 10);
}

TEST_CASE("a replay is known after a restart, and its status is that of the first answer") {
    SharedLedger shared;
    engine::Answer first;
    {
        auto ledger = shared.open();
        first = must(ledger.execute(request("c1", buy("k1"), "2026-01-01T00:00:00Z")));
        must(ledger.execute(request("c2", apply_for("k1", false))));
    }
    auto ledger = shared.open();
    check_same(must(ledger.execute(request("c1", buy("k1"), "2026-01-01T00:00:00Z"))), first);
    CHECK(first.status == events::Status::paid);
    CHECK(must(ledger.certificate(events::CertificateId{"k1"}))->is(events::Status::pending_verification));
}

TEST_CASE("a replay inside of one batch answers like the command before it") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(ledger.submit(request("c0", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    REQUIRE(ledger.submit(request("c1", create("q1", std::nullopt))));
    REQUIRE(ledger.submit(request("c1", create("q1", std::nullopt))));
    const auto answers = must(ledger.flush());
    REQUIRE(answers.size() == 3);
    check_same(answers[2], answers[1]);
    CHECK(shared.log().head().position == 12);
}

TEST_CASE("an id that was made for a certificate, a quota or a successor comes back in the replay") {
    SharedLedger shared;
    engine::Answer quota;
    engine::Answer certificate;
    engine::Answer successor;
    domain::RenewCertificate renew;
    {
        auto ledger = shared.open();
        quota = must(ledger.execute(request("c1", buy_quota(std::nullopt), "2026-01-01T00:00:00Z")));
        REQUIRE(quota.quota);
        certificate = must(ledger.execute(request("c2", create(quota.quota->value, std::nullopt))));
        REQUIRE(certificate.certificate);
        issue_one(ledger, "k1", 1);
        renew.certificate = events::CertificateId{"k1"};
        successor = must(ledger.execute(request("c3", renew, "2026-12-20T00:00:00Z")));
        REQUIRE(successor.successor);
        CHECK(successor.status == events::Status::issued);
    }
    auto ledger = shared.open();
    const auto head = shared.log().head().position;
    check_same(must(ledger.execute(request("c1", buy_quota(std::nullopt), "2026-01-01T00:00:00Z"))), quota);
    check_same(must(ledger.execute(request("c2", create(quota.quota->value, std::nullopt)))), certificate);
    check_same(must(ledger.execute(request("c3", renew, "2026-12-20T00:00:00Z"))), successor);
    CHECK(shared.log().head().position == head);
}

TEST_CASE("the same command id with other content is refused and leaves no trace") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    const auto other = must(ledger.execute(request("c1", buy_quota("q2"), "2026-01-01T00:00:00Z")));
    REQUIRE_FALSE(other.ok);
    CHECK(other.refusal->code == RefusalCode::command_id_reused);
    CHECK_FALSE(other.position);
    CHECK(shared.log().head().position == 10);
}

TEST_CASE(
    "occurred_at belongs to the content when it is given; actor, correlation and expected version do not") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto first = must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    auto same = request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z");
    same.actor = "bob";
    same.correlation = "x";
    same.expected_version = store::ExpectedVersion::exact(77);
    check_same(must(ledger.execute(same)), first);
    CHECK(must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:01Z"))).refusal->code ==
          RefusalCode::command_id_reused);
    CHECK(must(ledger.execute(request("c1", buy_quota("q1")))).refusal->code ==
          RefusalCode::command_id_reused);
}

TEST_CASE("what says no more than leaving it out does is the same content") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    domain::RenewCertificate renew;
    renew.certificate = {"k1"};
    renew.successor = events::CertificateId{"k2"};
    const auto renewed = must(ledger.execute(request("r", renew, "2026-12-20T00:00:00Z")));
    REQUIRE(renewed.ok);
    renew.pays = domain::Pays{};
    check_same(must(ledger.execute(request("r", renew, "2026-12-20T00:00:00Z"))), renewed);
    renew.pays = domain::Pays{events::RenewalPayment::quota, events::QuotaId{"q1"}, std::nullopt};
    CHECK(must(ledger.execute(request("r", renew, "2026-12-20T00:00:00Z"))).refusal->code ==
          RefusalCode::command_id_reused);

    domain::DeleteCertificate gone{{"k2"}, false};
    const auto deleted = must(ledger.execute(request("d", gone, "2026-12-21T00:00:00Z")));
    REQUIRE(deleted.ok);
    gone.force.reset();
    check_same(must(ledger.execute(request("d", gone, "2026-12-21T00:00:00Z"))), deleted);
    gone.force = true;
    CHECK(must(ledger.execute(request("d", gone, "2026-12-21T00:00:00Z"))).refusal->code ==
          RefusalCode::command_id_reused);
}

TEST_CASE("a command id counts per account") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    auto other = request("c1", buy_quota("q2"));
    other.account = events::AccountId{"acme"};
    const auto answer = must(ledger.execute(other));
    CHECK(answer.ok);
    CHECK_FALSE(answer.replayed);
}

TEST_CASE("only an accepted command claims its id") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto refused = must(ledger.execute(request("c1", create("q1", "k1"), "2026-01-01T00:00:00Z")));
    REQUIRE_FALSE(refused.ok);
    CHECK(refused.position);
    must(ledger.execute(request("c2", buy_quota("q1"))));
    const auto other = must(ledger.execute(request("c1", create("q1", "k2"))));
    CHECK(other.ok);
    CHECK_FALSE(other.replayed);
    CHECK(must(ledger.execute(request("c1", create("q1", "k1"), "2026-01-01T00:00:00Z"))).refusal->code ==
          RefusalCode::command_id_reused);
}

TEST_CASE("a refused command in a batch does not claim its id for a later one") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(ledger.submit(request("c1", create("q1", "k1"), "2026-01-01T00:00:00Z")));
    REQUIRE(ledger.submit(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    const auto answers = must(ledger.flush());
    CHECK_FALSE(answers[0].ok);
    CHECK(answers[1].ok);
    CHECK_FALSE(answers[1].replayed);
}

TEST_CASE("personal data tell commands apart though only a keyed digest of them is stored") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("c0", buy("k1"), "2026-01-01T00:00:00Z")));
    const auto first = must(ledger.execute(request("c1", apply_for("k1"))));
    check_same(must(ledger.execute(request("c1", apply_for("k1")))), first);
    auto other = apply_for("k1");
    other.contact->mail = "eve@example.com";
    CHECK(must(ledger.execute(request("c1", other))).refusal->code == RefusalCode::command_id_reused);
}

TEST_CASE("another ledger's command with the same id is found between decision and append") {
    SharedLedger shared;
    auto first = shared.open();
    auto* const watched = shared.watched;
    auto second = shared.open();
    engine::Answer theirs;
    watched->before_append = [&](const store::Append& append) -> Result<void> {
        if (append.decided_at == 9) {
            theirs = must(second.execute(request("c1", buy_quota(std::nullopt), "2026-01-01T00:00:00Z")));
        }
        return {};
    };
    const auto mine = must(first.execute(request("c1", buy_quota(std::nullopt), "2026-01-01T00:00:00Z")));
    check_same(mine, theirs);
    CHECK(shared.log().head().position == 10);
}

TEST_CASE("a command without an id can be given again") {
    SharedLedger shared;
    auto ledger = shared.open();
    CHECK(must(ledger.execute(request("", buy_quota("q1"), "2026-01-01T00:00:00Z"))).ok);
    CHECK(must(ledger.execute(request("", buy_quota("q1"), "2026-01-01T00:00:00Z"))).refusal->code ==
          RefusalCode::already_exists);
}
