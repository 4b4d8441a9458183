#include "ledger.hpp"

namespace certledger::test {

using views::RefundStanding;

namespace {

views::Refund refund(Ledger& ledger, const std::string& id, Instant now) {
    const auto found = ledger.moment(now).refund(ada(), {id});
    REQUIRE(found);
    return *found;
}

Texts totals(const std::vector<views::RefundTotal>& all) {
    Texts made;
    for (const auto& total : all)
        made.push_back(total.month.value_or("") + "/" + total.account.value_or("") + "/" + total.amount);
    return made;
}

}  // namespace

TEST_CASE("an unissued certificate that was paid for is eligible without an end") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    auto found = refund(ledger, "k", day(1'000));
    CHECK(found.state == RefundStanding::eligible);
    CHECK(found.amount == money("100.00 USD"));
    CHECK_FALSE(found.eligible_until);
    CHECK_FALSE(found.decided_at);
    CHECK_FALSE(found.reason);
    CHECK_FALSE(found.inputs);
    REQUIRE(found.policy);
    CHECK(found.policy->id == "policy");
    CHECK(found.policy->version == 1);
    ledger.submit("k", day(1));
    CHECK(refund(ledger, "k", day(2)).state == RefundStanding::eligible);
}

TEST_CASE("an issued certificate is eligible up to the window's end, that instant included, then closed") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    auto found = refund(ledger, "k", day(30));
    CHECK(found.state == RefundStanding::eligible);
    CHECK(found.eligible_until == day(30));
    CHECK(found.amount == money("100.00 USD"));
    found = refund(ledger, "k", day(30).plus_seconds(1));
    CHECK(found.state == RefundStanding::closed);
    CHECK(found.eligible_until == day(30));
    CHECK_FALSE(found.amount);
}

TEST_CASE("an expired certificate is closed, also inside its window") {
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(10));
    ledger.cert("k", CertificateExpired{day(10)}, day(11));
    CHECK(refund(ledger, "k", day(12)).state == RefundStanding::closed);
}

TEST_CASE("uploads and free certificates have no refund until one is decided") {
    Ledger ledger;
    ledger.upload("u", {"a.com"}, day(0), day(100));
    ledger.buy("free", {"a.com"}, day(0), Level::dv, "0.00 USD");
    CHECK(refund(ledger, "u", day(1)).state == RefundStanding::none);
    CHECK(refund(ledger, "free", day(1)).state == RefundStanding::none);
    ledger.decline("free", "0.00 USD", day(2));
    const auto found = refund(ledger, "free", day(2));
    CHECK(found.state == RefundStanding::declined);
    CHECK(found.decided_at == day(2));
    CHECK(found.inputs);
}

TEST_CASE("a policy that gives nothing back for unissued certificates leaves none") {
    Ledger ledger;
    RefundPolicy policy;
    policy.unissued = UnissuedRule::none;
    ledger.write(policy_stream(ada()), PolicyAdopted{{day(10), policy}}, day(0));
    ledger.buy("k", {"a.com"}, day(0));
    CHECK(refund(ledger, "k", day(9)).state == RefundStanding::eligible);
    CHECK(refund(ledger, "k", day(10)).state == RefundStanding::none);
}

TEST_CASE("the window is that of the policy in force now, an account's own before the ledger's") {
    Ledger ledger;
    RefundPolicy week;
    week.days = 7;
    RefundPolicy calendar;
    calendar.days = 2;
    calendar.day = DayRule::calendar;
    calendar.clock = RefundClock::payment;
    ledger.write(policy_stream(), PolicyAdopted{{day(1), week}}, day(1));
    ledger.write(policy_stream(ada()), PolicyAdopted{{day(5), calendar}}, day(1));
    ledger.buy("k", {"a.com"}, day(0).plus_seconds(50));
    ledger.submit("k", day(1));
    ledger.issue("k", day(1), day(100));
    CHECK(refund(ledger, "k", day(4)).eligible_until == day(8));
    const auto found = refund(ledger, "k", day(5));
    CHECK(found.eligible_until == day(3).plus_seconds(-1));
    CHECK(found.state == RefundStanding::closed);
    CHECK(found.policy->id == "policy-ada");
}

TEST_CASE("a granted refund is granted until it is paid") {
    Ledger ledger;
    ledger.buy("k", {"a.com"}, day(0));
    ledger.grant("k", "100.00 USD", day(2));
    auto found = refund(ledger, "k", day(3));
    CHECK(found.state == RefundStanding::granted);
    CHECK(found.amount == money("100.00 USD"));
    CHECK(found.decided_at == day(2));
    CHECK(found.reason == RefundReason::unissued);
    CHECK(found.policy->version == 2);
    REQUIRE(found.inputs);
    ledger.cert("k", RefundPaid{money("100.00 USD"), "transfer 7"}, day(4));
    found = refund(ledger, "k", day(5));
    CHECK(found.state == RefundStanding::paid);
    CHECK(found.decided_at == day(2));
    CHECK(found.paid_at == day(4));
    CHECK(found.reference == "transfer 7");
}

TEST_CASE("refunds of deleted certificates stay in the view and in every total") {
    Ledger ledger;
    ledger.buy("k1", {"a.com"}, day(0));
    ledger.buy("k2", {"a.com"}, day(0));
    ledger.buy("k3", {"a.com"}, day(0), Level::dv, "5000 JPY");
    ledger.upload("u", {"a.com"}, day(0), day(100));
    ledger.grant("k1", "100.00 USD", day(2));
    ledger.cert("k1", RefundPaid{money("100.00 USD"), "r"}, day(3));
    ledger.cert("k1", CertificateDeleted{}, day(4));
    ledger.cert("k2", CertificateDeleted{}, day(4));
    ledger.grant("k3", "5000 JPY", day(40));
    const auto found = ledger.moment(day(50)).refunds(ada());
    REQUIRE(found);
    REQUIRE(found->items.size() == 2);
    CHECK(found->items[0].certificate.value == "k1");
    CHECK(found->items[0].state == RefundStanding::paid);
    CHECK(found->items[1].certificate.value == "k3");
    CHECK(totals(found->totals) == Texts{"//5000 JPY", "//100.00 USD"});
}

TEST_CASE("totals count quota refunds, by month of the decision and by account") {
    Ledger ledger;
    ledger.quota("q", QuotaPurchased{3, money("100.00 USD"), product()}, day(0));
    ledger.quota("q", QuotaRefunded{2, money("66.66 USD"), {}, {{2, 3}}}, day(1));
    ledger.buy("k", {"a.com"}, day(0));
    ledger.grant("k", "0.04 USD", day(35));
    ledger.account = AccountId{"bob"};
    ledger.buy("b", {"a.com"}, day(0));
    ledger.grant("b", "1.00 USD", day(35));
    const auto moment = ledger.moment(day(40));
    CHECK(totals(moment.refund_totals(ada(), {})) == Texts{"//66.70 USD"});
    CHECK(totals(moment.refund_totals(ada(), {true, false})) ==
          Texts{"2026-01//66.66 USD", "2026-02//0.04 USD"});
    CHECK(totals(moment.refund_totals(std::nullopt, {})) == Texts{"//67.70 USD"});
    CHECK(totals(moment.refund_totals(std::nullopt, {true, true})) ==
          Texts{"2026-01/ada/66.66 USD", "2026-02/ada/0.04 USD", "2026-02/bob/1.00 USD"});
}

TEST_CASE("a total may be larger than one amount can be") {
    Ledger ledger;
    for (const auto* id : {"a", "b", "c"}) {
        ledger.buy(id, {"a.com"}, day(0), Level::dv, "92233720368547758.07 USD");
        ledger.grant(id, "92233720368547758.07 USD", day(1));
    }
    CHECK(totals(ledger.moment(day(2)).refund_totals(ada(), {})) == Texts{"//276701161105643274.21 USD"});
}

TEST_CASE("refunds can be read in pages and by state") {
    Ledger ledger;
    for (const auto* id : {"a", "b", "c", "d", "e"}) ledger.buy(id, {"a.com"}, day(0));
    ledger.decline("b", "100.00 USD", day(1));
    const auto moment = ledger.moment(day(2));
    views::RefundsQuery query;
    query.limit = 2;
    Texts seen;
    do {
        const auto page = moment.refunds(ada(), query);
        REQUIRE(page);
        for (const auto& item : page->items) seen.push_back(item.certificate.value);
        query.cursor = page->next;
    } while (query.cursor);
    CHECK(seen == Texts{"a", "b", "c", "d", "e"});
    query.state = RefundStanding::declined;
    const auto page = moment.refunds(ada(), query);
    REQUIRE(page->items.size() == 1);
    CHECK(page->items[0].certificate.value == "b");
    CHECK_FALSE(page->next);
    query.cursor = "nonsense";
    CHECK(moment.refunds(ada(), query).error().kind == ErrorKind::invalid_input);
}

}  // namespace certledger::test
