#include "ledger.hpp"

namespace certledger::test {

namespace {

/// Appends a record whose payload no archive has written.
void poison(store::EventStore& log, const std::string& id) {
    store::PendingRecord record;
    record.stream = stream_of(CertificateId{id});
    record.type = EventType::certificate_issued;
    record.occurred_at = record.not_before = day(5);
    record.id.octets[0] = 7;
    record.actor = "tester";
    record.account = "ada";
    record.payload = {1, 2, 3};
    REQUIRE(log.append({{record}, {}, {}, 0}));
}

}  // namespace

TEST_CASE("catching up folds what is new, and once only") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    CHECK(ledger.all.catch_up() == ledger.log.head().position);
    CHECK(ledger.all.catch_up() == ledger.log.head().position);
    ledger.submit("k", day(1));
    CHECK(ledger.all.catch_up() == ledger.log.head().position);
    CHECK(ledger.rows.snapshot()->certificate(*ledger.rows.snapshot()->find_certificate("k"))->version == 2);
    CHECK(ledger.all.verify()->equal());
}

TEST_CASE("a poison event stops the projector before it and names its position") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    const auto before = ledger.log.head().position;
    poison(ledger.log, "k");
    ledger.buy("k2", {"a.com"}, day(6));
    const auto done = ledger.all.catch_up();
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == ErrorKind::damaged);
    CHECK(done.error().message.find("record " + std::to_string(before + 1)) != std::string::npos);
    CHECK(ledger.rows.snapshot()->checkpoint().position == before);
    const auto status = ledger.all.status();
    CHECK(status.checkpoint == before);
    CHECK(status.head == before + 2);
    REQUIRE(status.stopped);
    CHECK(status.stopped->message == done.error().message);
    CHECK_FALSE(ledger.all.moment({day(9), std::nullopt, std::nullopt}));
    CHECK(ledger.all.moment({day(9), before, std::nullopt}));
    CHECK_FALSE(ledger.all.rebuild());
}

TEST_CASE("an event that the machine forbids marks the row and changes nothing else") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.issue("k", day(1), day(100));
    ledger.cert("stray", DomainValidated{"a.com"}, day(1));
    const auto moment = ledger.moment(day(2));
    CHECK(moment.certificate(ada(), {"k"})->status == Status::paid);
    CHECK_FALSE(moment.certificate(ada(), {"k"})->not_after);
    CHECK(moment.rows().certificate(*moment.rows().find_certificate("k"))->broken);
    CHECK(moment.certificate(ada(), {"stray"}).error() == views::Absence::unknown);
    CHECK(ledger.all.status().broken == 1);
}

TEST_CASE("a query sees what the kept rows lack of the log") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    REQUIRE(ledger.all.catch_up());
    ledger.submit("k", day(1));
    ledger.buy("k2", {"b.com"}, day(1));
    const auto moment = ledger.ask({day(1), std::nullopt, std::nullopt});
    CHECK(moment.position() == ledger.log.head().position);
    CHECK(moment.certificate(ada(), {"k"})->status == Status::pending_verification);
    CHECK(ids(moment.list(ada(), {})) == Texts{"k", "k2"});
    CHECK(ledger.rows.snapshot()->checkpoint().position == moment.position() - 2);
}

TEST_CASE("of two that catch up at once one does the work and the other sees it") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    views::MemoryRows slow(ledger.rows.snapshot());
    const auto expected = slow.checkpoint();
    REQUIRE(views::fold(ledger.log, slow, ledger.log.head().position));
    REQUIRE(ledger.all.catch_up());
    const auto late = ledger.rows.commit(slow, expected);
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::conflict);
    CHECK(ledger.all.verify()->equal());
}

TEST_CASE("rows of another log are thrown away") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.buy("k2", {"a.com"}, day(0));
    REQUIRE(ledger.all.catch_up());
    store::MemoryStore other;
    Author author(other);
    author.begin();
    // Another id stands at the checkpoint's place, or none at all.
    for (int i = 0; i < GENERATE(0, 1, 5); ++i)
        author.upload("u" + std::to_string(i), {"b.com"}, day(0), day(9));
    views::Views moved(other, ledger.rows, ledger.zones);
    CHECK(moved.moment({day(1), std::nullopt, std::nullopt})->certificate(ada(), {"k"}).error() ==
          views::Absence::unknown);
    CHECK(moved.catch_up() == other.head().position);
    CHECK_FALSE(ledger.rows.snapshot()->find_certificate("k"));
    CHECK(moved.verify()->equal());
}

TEST_CASE("rebuilding gives the same rows while the old ones still answer") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    REQUIRE(ledger.all.catch_up());
    const auto before = ledger.ask({day(1), std::nullopt, std::nullopt});
    ledger.buy("k2", {"a.com"}, day(1));
    views::Position reported = 0;
    CHECK(ledger.all.rebuild([&](auto done, auto whole) {
        reported = done;
        CHECK(whole == ledger.log.head().position);
    }) == ledger.log.head().position);
    CHECK(reported == ledger.log.head().position);
    CHECK(before.certificate(ada(), {"k"})->status == Status::issued);
    CHECK(ledger.all.verify()->equal());
}

TEST_CASE("a rebuild never goes back behind the live rows") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    auto beside = ledger.rows.begin_beside();
    REQUIRE(beside);
    REQUIRE(views::catch_up(ledger.log, **beside));
    ledger.submit("k", day(1));
    REQUIRE(ledger.all.catch_up());
    CHECK(ledger.rows.adopt(**beside).error().kind == ErrorKind::conflict);
    REQUIRE(views::catch_up(ledger.log, **beside));
    CHECK(ledger.rows.adopt(**beside));
    CHECK(ledger.rows.snapshot()->checkpoint().position == ledger.log.head().position);
}

TEST_CASE("verify finds a row, an index and a total that are not their fold") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    ledger.quota("q", QuotaPurchased{3, money("1.00 USD"), product()}, day(0));
    REQUIRE(ledger.all.catch_up());
    CHECK(ledger.all.verify()->rows == 6);
    views::MemoryRows lie(ledger.rows.snapshot());
    const auto expected = lie.checkpoint();
    const auto kind = GENERATE(0, 1, 2, 3);
    if (kind == 0) lie.edit_certificate("k")->hosted = true;
    if (kind == 1) lie.edit_quota("q")->consumed = 1;
    if (kind == 2) lie.edit_total("ada", "USD", 2026, 1).add(0, 1);
    if (kind == 3) lie.add_certificate("extra", 999).account = ada();
    lie.release_base();
    REQUIRE(ledger.rows.commit(lie, expected));
    const auto found = ledger.all.verify();
    REQUIRE(found);
    CHECK_FALSE(found->equal());
    CHECK_FALSE(found->differences.empty());
    REQUIRE(ledger.all.rebuild());
    CHECK(ledger.all.verify()->equal());
}

}  // namespace certledger::test
