#include "ledger.hpp"

namespace certledger::test {

TEST_CASE("a quota counts what was bought, consumed, returned, refunded and is free") {
    Ledger ledger;
    ledger.quota("q", QuotaPurchased{10, money("100.00 USD"), product()}, day(0));
    ledger.quota("q", QuotaConsumed{1, money("10.00 USD"), {"k1"}}, day(1));
    ledger.quota("q", QuotaConsumed{2, money("10.00 USD"), {"k2"}}, day(1));
    ledger.quota("q", QuotaReturned{1, {"k1"}}, day(2));
    ledger.quota("q", QuotaRefunded{3, money("30.00 USD"), {}, {{8, 10}}}, day(3));
    const auto found = ledger.moment(day(4)).quota(ada(), {"q"});
    REQUIRE(found);
    CHECK(found->quota.value == "q");
    CHECK(found->product == product());
    CHECK(found->count == 10);
    CHECK(found->price == money("100.00 USD"));
    CHECK(found->bought == 10);
    CHECK(found->consumed == 2);
    CHECK(found->returned == 1);
    CHECK(found->refunded == 3);
    CHECK(found->free == 6);
}

TEST_CASE("quotas are listed in the order of purchase, each account's own") {
    Ledger ledger;
    for (const auto* id : {"z", "a", "m"})
        ledger.quota(id, QuotaPurchased{1, money("1.00 USD"), product()}, day(0));
    ledger.account = AccountId{"bob"};
    ledger.quota("b", QuotaPurchased{1, money("1.00 USD"), product()}, day(0));
    const auto moment = ledger.moment(day(1));
    Texts seen;
    for (const auto& item : moment.quotas(ada()).items) seen.push_back(item.quota.value);
    CHECK(seen == Texts{"z", "a", "m"});
    CHECK(moment.quota(ada(), {"b"}).error() == views::Absence::not_authorized);
    CHECK(moment.quota(ada(), {"x"}).error() == views::Absence::unknown);
    CHECK(moment.resolve_quota(ada(), "z").size() == 1);
    CHECK(moment.resolve_quota(ada(), "m").front().value == "m");
}

TEST_CASE("counts that a quota does not allow mark it broken and change nothing") {
    Ledger ledger;
    ledger.quota("q", QuotaPurchased{1, money("1.00 USD"), product()}, day(0));
    ledger.quota("q", QuotaConsumed{1, money("1.00 USD"), {"k1"}}, day(1));
    ledger.quota("q", QuotaConsumed{2, money("1.00 USD"), {"k2"}}, day(1));
    const auto moment = ledger.moment(day(1));
    CHECK(moment.quota(ada(), {"q"})->consumed == 1);
    CHECK(moment.rows().quota("q")->broken);
    CHECK(ledger.all.status().broken == 1);
}

}  // namespace certledger::test
