#include "ledger.hpp"

namespace certledger::test {

namespace {

views::Moment as_of(Ledger& ledger, views::AsOf point) { return ledger.ask({day(500), point, std::nullopt}); }
views::Moment as_at(Ledger& ledger, Instant instant) { return ledger.ask({day(500), std::nullopt, instant}); }
Status status(const views::Moment& moment, const std::string& id) {
    const auto found = moment.certificate(ada(), {id});
    REQUIRE(found);
    return found->status;
}

}  // namespace

TEST_CASE("as of a position only the records up to it are known, whether rows are kept or not") {
    Ledger ledger;
    const auto start = ledger.log.head().position;
    ledger.make("k", {"a.com"}, day(0), day(100));
    const bool kept = GENERATE(false, true);
    if (kept) REQUIRE(ledger.all.catch_up());
    CHECK(as_of(ledger, start).certificate(ada(), {"k"}).error() == views::Absence::unknown);
    CHECK(status(as_of(ledger, start + 1), "k") == Status::paid);
    CHECK(status(as_of(ledger, start + 2), "k") == Status::pending_verification);
    CHECK(status(as_of(ledger, start + 4), "k") == Status::issued);
    CHECK(status(as_of(ledger, start + 400), "k") == Status::issued);
    CHECK(as_of(ledger, start + 400).position() == start + 4);
    CHECK(as_of(ledger, start + 1).position() == start + 1);
}

TEST_CASE("as of a time the records recorded up to it are known, that instant included") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(1));
    ledger.submit("k", day(2));
    ledger.issue("k", day(3), day(100));
    CHECK(as_of(ledger, day(2).plus_seconds(-1)).certificate(ada(), {"k"})->status == Status::paid);
    CHECK(status(as_of(ledger, day(2)), "k") == Status::pending_verification);
    CHECK(status(as_of(ledger, day(3).plus_seconds(-1)), "k") == Status::pending_verification);
    CHECK(status(as_of(ledger, day(300)), "k") == Status::issued);
    CHECK(as_of(ledger, day(-100)).certificate(ada(), {"k"}).error() == views::Absence::unknown);
}

TEST_CASE("a query as of a point has that point's clock, and as at wins") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    CHECK(as_of(ledger, day(40)).clock() == day(40));
    CHECK(as_of(ledger, ledger.log.head().position).clock() == day(0));
    CHECK(as_of(ledger, views::Position{2}).clock() == Instant{});
    CHECK(as_of(ledger, day(40)).certificate(ada(), {"k"})->days_left == 60);
    CHECK(as_at(ledger, day(50)).clock() == day(50));
    CHECK(ledger.ask({day(500), day(40), day(50)}).clock() == day(50));
    CHECK(ledger.ask({day(500), std::nullopt, std::nullopt}).clock() == day(500));
    CHECK(as_of(ledger, day(900)).clock() == day(500));
}

TEST_CASE("as at an instant only what had happened by then counts, however late it was recorded") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.submit("k", day(10));
    ledger.cert("k", DomainValidated{"a.com"}, day(12));
    // A late call back: it happened before the validation.
    ledger.cert("k", DomainValidationFailed{"a.com", "too early"}, day(11));
    ledger.cert("k", DomainValidated{"a.com"}, day(12));
    ledger.issue("k", day(20), day(100));
    CHECK(as_at(ledger, day(-1)).certificate(ada(), {"k"}).error() == views::Absence::unknown);
    CHECK(status(as_at(ledger, day(9)), "k") == Status::paid);
    CHECK(status(as_at(ledger, day(10)), "k") == Status::pending_verification);
    CHECK(as_at(ledger, day(11)).progress(ada(), {"k"})->steps[2].state == views::StepState::failed);
    CHECK(as_at(ledger, day(12)).progress(ada(), {"k"})->steps[2].state == views::StepState::done);
    CHECK(status(as_at(ledger, day(20)), "k") == Status::issued);
}

TEST_CASE("as of and as at together: what was known then, of what had happened by then") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    const auto bought = ledger.log.head().position;
    ledger.submit("k", day(1));
    CHECK(status(ledger.ask({day(500), bought, day(5)}), "k") == Status::paid);
    CHECK(status(ledger.ask({day(500), std::nullopt, day(5)}), "k") == Status::pending_verification);
}

TEST_CASE("an event that others must come before is passed by when those have not happened yet") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.submit("k", day(10));
    ledger.cert("k", ApplicationRejected{"no"}, day(5));
    const auto moment = as_at(ledger, day(6));
    CHECK(status(moment, "k") == Status::paid);
    CHECK_FALSE(moment.rows().certificate(*moment.rows().find_certificate("k"))->broken);
}

TEST_CASE("the very first points of a ledger answer by the defaults that it is about to adopt") {
    Ledger ledger;
    for (views::Position position = 0; position <= ledger.log.head().position; ++position) {
        const auto moment = as_of(ledger, position);
        CHECK(moment.watch(ada()).items.empty());
        CHECK(moment.list(ada(), {})->items.empty());
        CHECK(moment.policies(ada()).get<RefundPolicy>(day(0)).first.days == 30);
    }
}

TEST_CASE("history as of a point ends there") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    const auto bought = ledger.log.head().position;
    ledger.submit("k", day(1));
    int seen = 0;
    const auto count = [&](const auto&, auto) {
        ++seen;
        return true;
    };
    CHECK(as_of(ledger, bought).history(ada(), stream_of(CertificateId{"k"}), count));
    CHECK(seen == 1);
}

}  // namespace certledger::test
