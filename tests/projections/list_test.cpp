#include "ledger.hpp"

namespace certledger::test {

using views::Flag;
using views::ListQuery;
using views::ListSort;

namespace {

Texts flag_names(const views::ListItem& item) {
    Texts made;
    for (const auto flag : item.flags) made.emplace_back(to_name(flag));
    return made;
}

views::ListItem item(Ledger& ledger, const std::string& id, Instant now) {
    const auto found = ledger.moment(now).certificate(ada(), CertificateId{id});
    REQUIRE(found);
    return *found;
}

/// Five certificates in different statuses.
void fill(Ledger& ledger) {
    ledger.buy("k1", {"b.example.com"}, day(0));
    ledger.make("k2", {"a.example.com", "www.example.org"}, day(1), day(101), 2);
    ledger.make("k3", {"*.example.com"}, day(2), day(52), 3);
    ledger.buy("k4", {"c.example.net"}, day(3), Level::ov);
    ledger.submit("k4", day(3));
    ledger.upload("k5", {"example.com"}, day(4), day(64), 5);
}

}  // namespace

TEST_CASE("a list item shows what was bought before anything is issued") {
    Ledger ledger;
    ledger.buy("k1", {"b.example.com"}, day(0));
    const auto found = item(ledger, "k1", day(1));
    CHECK(found.certificate.value == "k1");
    CHECK(found.account == ada());
    CHECK(found.names == Texts{"b.example.com"});
    CHECK(found.brand == "digicert");
    CHECK(found.level == Level::dv);
    CHECK(found.kind == Kind::single);
    CHECK(found.status == Status::paid);
    CHECK(found.flags.empty());
    CHECK_FALSE(found.not_before);
    CHECK_FALSE(found.not_after);
    CHECK_FALSE(found.days_left);
    CHECK_FALSE(found.serial);
    CHECK_FALSE(found.sha256);
    CHECK(found.targets.empty());
    CHECK_FALSE(found.predecessor);
    CHECK_FALSE(found.successor);
    CHECK(found.created_at == day(0));
}

TEST_CASE("days left are whole days, none when past, null when never issued") {
    Ledger ledger;
    ledger.make("k1", {"example.com"}, day(0), day(100));
    CHECK(item(ledger, "k1", day(0)).days_left == 100);
    CHECK(item(ledger, "k1", day(0).plus_seconds(1)).days_left == 99);
    CHECK(item(ledger, "k1", day(100)).days_left == 0);
    CHECK(item(ledger, "k1", day(200)).days_left == 0);
}

TEST_CASE("an issued certificate is expiring from exactly thirty days before its end") {
    Ledger ledger;
    ledger.make("k1", {"example.com"}, day(0), day(100));
    CHECK(flag_names(item(ledger, "k1", day(70).plus_seconds(-1))).empty());
    CHECK(flag_names(item(ledger, "k1", day(70))) == Texts{"expiring"});
    ledger.cert("k1", CertificateExpired{day(100)}, day(101));
    CHECK(flag_names(item(ledger, "k1", day(102))).empty());
}

TEST_CASE("an uploaded certificate has no brand, level or kind, and says that it was uploaded") {
    Ledger ledger;
    ledger.upload("k1", {"example.com"}, day(0), day(100));
    const auto found = item(ledger, "k1", day(1));
    CHECK_FALSE(found.brand);
    CHECK_FALSE(found.level);
    CHECK_FALSE(found.kind);
    CHECK(found.status == Status::issued);
    CHECK(flag_names(found) == Texts{"uploaded"});
}

TEST_CASE("flags stand in their order") {
    Ledger ledger;
    ledger.make("k1", {"example.com"}, day(0), day(20));
    ledger.cert("k1", HostingEnabled{}, day(1));
    ledger.deploy("k1", "nginx:/tls", day(1));
    ledger.cert("k1", RevocationRequested{RevocationReason::superseded, day(7), {}}, day(2));
    CHECK(flag_names(item(ledger, "k1", day(3))) ==
          Texts{"expiring", "hosted", "deployed", "revocation-requested"});
    ledger.cert("k1", CertificateRevoked{}, day(4));
    CHECK(flag_names(item(ledger, "k1", day(4))) == Texts{"deployed"});
}

TEST_CASE("an application is stalled once the limit of its level has passed") {
    Ledger ledger;
    ledger.buy("dv", {"example.com"}, day(0));
    ledger.buy("ov", {"example.com"}, day(0), Level::ov);
    ledger.submit("dv", day(1));
    ledger.submit("ov", day(1));
    CHECK(flag_names(item(ledger, "dv", day(1).plus_seconds(7'200))).empty());
    CHECK(flag_names(item(ledger, "dv", day(1).plus_seconds(7'201))) == Texts{"stalled"});
    CHECK(flag_names(item(ledger, "ov", day(6))).empty());
    CHECK(flag_names(item(ledger, "ov", day(6).plus_seconds(1))) == Texts{"stalled"});
    ledger.cert("dv", ApplicationWithdrawn{}, day(2));
    CHECK(flag_names(item(ledger, "dv", day(3))).empty());
}

TEST_CASE("the review limit is the one in force when the application was submitted") {
    Ledger ledger;
    ledger.write(policy_stream(ada()), PolicyAdopted{{day(10), ReviewPolicy{60, 60, 60}}}, day(0));
    ledger.buy("old", {"example.com"}, day(0));
    ledger.submit("old", day(9).plus_seconds(kSecondsPerDay - 3'600));
    ledger.buy("new", {"example.com"}, day(0));
    ledger.submit("new", day(10));
    CHECK(flag_names(item(ledger, "old", day(10).plus_seconds(61))).empty());
    CHECK(flag_names(item(ledger, "new", day(10).plus_seconds(61))) == Texts{"stalled"});
}

TEST_CASE("the list filters by every field") {
    Ledger ledger;
    fill(ledger);
    ledger.deploy("k2", "nginx:/tls", day(5));
    const auto moment = ledger.moment(day(40));
    const auto list = [&](auto set) {
        ListQuery query;
        set(query);
        return ids(moment.list(ada(), query));
    };
    CHECK(list([](auto&) {}) == Texts{"k1", "k2", "k3", "k4", "k5"});
    CHECK(list([](auto& q) { q.status = Status::issued; }) == Texts{"k2", "k3", "k5"});
    CHECK(list([](auto& q) { q.brand = "digicert"; }) == Texts{"k1", "k2", "k3", "k4"});
    CHECK(list([](auto& q) { q.brand = "geotrust"; }).empty());
    CHECK(list([](auto& q) { q.level = Level::ov; }) == Texts{"k4"});
    CHECK(list([](auto& q) { q.kind = Kind::multi; }) == Texts{"k2"});
    CHECK(list([](auto& q) { q.domain = "a.example.com"; }) == Texts{"k2"});
    CHECK(list([](auto& q) { q.domain = "*.example.com"; }) == Texts{"k1", "k2", "k3"});
    CHECK(list([](auto& q) { q.domain = "*.com"; }) == Texts{"k1", "k2", "k3", "k5"});
    CHECK(list([](auto& q) { q.covers = "a.example.com"; }) == Texts{"k2", "k3"});
    CHECK(list([](auto& q) { q.covers = "x.example.com"; }) == Texts{"k3"});
    CHECK(list([](auto& q) { q.covers = "x.y.example.com"; }).empty());
    CHECK(list([](auto& q) { q.covers = "example.com"; }) == Texts{"k5"});
    CHECK(list([](auto& q) { q.target = "nginx:/tls"; }) == Texts{"k2"});
    CHECK(list([](auto& q) { q.serial = "0a03"; }) == Texts{"k3"});
    CHECK(list([](auto& q) { q.fingerprint = digest(5); }) == Texts{"k5"});
    CHECK(list([](auto& q) { q.flag = Flag::uploaded; }) == Texts{"k5"});
    CHECK(list([](auto& q) { q.flag = Flag::deployed; }) == Texts{"k2"});
    CHECK(list([](auto& q) { q.flag = Flag::expiring; }) == Texts{"k3", "k5"});
    CHECK(list([](auto& q) { q.flag = Flag::stalled; }) == Texts{"k4"});
    CHECK(list([](auto& q) { q.expiring_within_seconds = 12 * kSecondsPerDay; }) == Texts{"k3"});
    const auto end = [&](const char* id) { return moment.certificate(ada(), {id})->not_after.value(); };
    CHECK(list([&](auto& q) { q.not_after_since = end("k5"); }) == Texts{"k2", "k5"});
    CHECK(list([&](auto& q) { q.not_after_until = end("k5"); }) == Texts{"k3", "k5"});
    CHECK(list([&](auto& q) { q.not_after_since = q.not_after_until = end("k5"); }) == Texts{"k5"});
    CHECK(list([&](auto& q) {
              q.not_after_since = end("k5");
              q.expiring_within_seconds = 12 * kSecondsPerDay;
          }).empty());
    CHECK(list([](auto& q) { q.created_since = day(3); }) == Texts{"k4", "k5"});
    CHECK(list([](auto& q) { q.created_until = day(1); }) == Texts{"k1", "k2"});
    CHECK(list([](auto& q) {
              q.domain = "*.example.com";
              q.status = Status::issued;
          }) == Texts{"k2", "k3"});
}

TEST_CASE("the list sorts by every order, both ways") {
    Ledger ledger;
    fill(ledger);
    const auto moment = ledger.moment(day(5));
    const auto list = [&](ListSort sort, bool descending) {
        ListQuery query;
        query.sort = sort;
        query.descending = descending;
        return ids(moment.list(ada(), query));
    };
    CHECK(list(ListSort::created, false) == Texts{"k1", "k2", "k3", "k4", "k5"});
    CHECK(list(ListSort::created, true) == Texts{"k5", "k4", "k3", "k2", "k1"});
    CHECK(list(ListSort::not_after, false) == Texts{"k3", "k5", "k2", "k1", "k4"});
    CHECK(list(ListSort::name, false) == Texts{"k3", "k2", "k1", "k4", "k5"});
    CHECK(list(ListSort::status, false) == Texts{"k1", "k4", "k2", "k3", "k5"});
    CHECK(list(ListSort::status, true) == Texts{"k5", "k3", "k2", "k4", "k1"});
}

TEST_CASE("pages of any size give the whole list once, in every order and with every kind of filter") {
    Ledger ledger;
    for (int i = 0; i < 23; ++i) {
        const auto id = "k" + std::to_string(i);
        // Several are alike in every sort key, so that only the place in the log tells them apart.
        if (i % 3 == 0) {
            ledger.buy(id, {"same.example.com"}, day(i / 5));
        } else {
            ledger.make(id, {"n" + std::to_string(i % 4) + ".example.com"}, day(i / 5), day(100 + i % 2),
                        static_cast<std::uint8_t>(i));
        }
    }
    const auto moment = ledger.moment(day(30));
    std::vector<ListQuery> queries(6);
    queries[1].status = Status::issued;
    queries[2].domain = "*.example.com";
    queries[3].domain = "same.example.com";
    queries[4].expiring_within_seconds = 71 * kSecondsPerDay;
    queries[5].not_after_since = day(101);
    for (const auto sort : {ListSort::created, ListSort::not_after, ListSort::name, ListSort::status}) {
        for (const bool descending : {false, true}) {
            for (auto query : queries) {
                query.sort = sort;
                query.descending = descending;
                const auto whole = ids(moment.list(ada(), query));
                CHECK_FALSE(whole.empty());
                for (const std::size_t limit : {1U, 2U, 7U, 23U}) {
                    query.limit = limit;
                    query.cursor.reset();
                    Texts paged;
                    do {
                        const auto page = moment.list(ada(), query);
                        REQUIRE(page);
                        CHECK(page->items.size() <= limit);
                        for (const auto& id : ids(*page)) paged.push_back(id);
                        query.cursor = page->next;
                    } while (query.cursor);
                    CHECK(paged == whole);
                }
            }
        }
    }
}

TEST_CASE("a cursor survives what is written meanwhile") {
    Ledger ledger;
    fill(ledger);
    ListQuery query;
    query.limit = 2;
    const auto first = ledger.moment(day(5)).list(ada(), query);
    REQUIRE(first);
    REQUIRE(first->next);
    CHECK(ids(*first) == Texts{"k1", "k2"});
    ledger.cert("k2", CertificateDeleted{}, day(5));
    ledger.cert("k3", CertificateDeleted{}, day(5));
    ledger.buy("early", {"early.example.com"}, day(-1));
    query.cursor = first->next;
    const auto second = ledger.moment(day(5)).list(ada(), query);
    CHECK(ids(second) == Texts{"k4", "k5"});
    CHECK_FALSE(second->next);
}

TEST_CASE("a cursor that is none, or of another order, is refused") {
    Ledger ledger;
    fill(ledger);
    const auto moment = ledger.moment(day(5));
    ListQuery query;
    query.limit = 1;
    const auto page = moment.list(ada(), query);
    REQUIRE(page);
    query.cursor = page->next;
    query.sort = ListSort::name;
    CHECK(moment.list(ada(), query).error().kind == ErrorKind::invalid_input);
    for (const auto* text : {"", "x", "AAAA", "////////////////", "bDErAA=="}) {
        query.cursor = text;
        query.sort = ListSort::created;
        CHECK(moment.list(ada(), query).error().kind == ErrorKind::invalid_input);
    }
    query.cursor = to_base64(Bytes(100'000, 65));
    CHECK(moment.list(ada(), query).error().kind == ErrorKind::invalid_input);
    query.cursor.reset();
    query.limit = 0;
    CHECK(moment.list(ada(), query).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a deleted certificate is in no list, and only its history answers") {
    Ledger ledger;
    fill(ledger);
    ledger.cert("k1", CertificateDeleted{}, day(5));
    const auto moment = ledger.moment(day(6));
    CHECK(ids(moment.list(ada(), {})) == Texts{"k2", "k3", "k4", "k5"});
    CHECK(moment.certificate(ada(), {"k1"}).error() == views::Absence::deleted);
    CHECK(moment.progress(ada(), {"k1"}).error() == views::Absence::deleted);
    CHECK(moment.refund(ada(), {"k1"}).error() == views::Absence::deleted);
    Texts seen;
    const auto history = moment.history(ada(), stream_of(CertificateId{"k1"}), [&](const auto& record, auto) {
        seen.emplace_back(to_name(record.type));
        return true;
    });
    REQUIRE(history);
    CHECK(history->has_value());
    CHECK(seen == Texts{"certificate-purchased", "certificate-deleted"});
}

TEST_CASE("each account sees its own certificates only") {
    Ledger ledger;
    fill(ledger);
    const AccountId bob{"bob"};
    ledger.account = bob;
    ledger.buy("b1", {"a.example.com"}, day(5));
    const auto moment = ledger.moment(day(6));
    CHECK(ids(moment.list(bob, {})) == Texts{"b1"});
    CHECK(ids(moment.list(ada(), {})).size() == 5);
    CHECK(moment.certificate(bob, {"k1"}).error() == views::Absence::not_authorized);
    CHECK(moment.certificate(bob, {"none"}).error() == views::Absence::unknown);
    const auto ignore = [](const auto&, auto) { return true; };
    CHECK(moment.history(bob, stream_of(CertificateId{"k1"}), ignore)->error() ==
          views::Absence::not_authorized);
    CHECK(moment.history(bob, stream_of(CertificateId{"none"}), ignore)->error() == views::Absence::unknown);
}

TEST_CASE("a certificate names its predecessor and successor, until the successor is deleted unissued") {
    Ledger ledger;
    ledger.make("old", {"example.com"}, day(0), day(100));
    ledger.cert("old", RenewalStarted{RenewalPayment::term, {}, {"new"}}, day(80));
    ledger.buy("new", {"example.com"}, day(80), Level::dv, "0.00 USD", CertificateId{"old"});
    CHECK(item(ledger, "old", day(81)).successor == CertificateId{"new"});
    CHECK(item(ledger, "new", day(81)).predecessor == CertificateId{"old"});
    SECTION("deleted unissued") {
        ledger.cert("new", CertificateDeleted{}, day(82));
        CHECK_FALSE(item(ledger, "old", day(82)).successor);
    }
    SECTION("deleted after its issue") {
        ledger.submit("new", day(81));
        ledger.issue("new", day(81), day(180), 9);
        ledger.cert("new", CertificateDeleted{}, day(82));
        CHECK(item(ledger, "old", day(82)).successor == CertificateId{"new"});
    }
}

TEST_CASE("certificates are counted by status and by month of creation, deleted ones aside") {
    Ledger ledger;
    fill(ledger);
    ledger.buy("feb", {"a.com"}, day(35));
    ledger.buy("gone", {"a.com"}, day(35));
    ledger.cert("gone", CertificateDeleted{}, day(36));
    ledger.cert("k3", CertificateRevoked{}, day(36));
    const auto moment = ledger.moment(day(40));
    const auto counts = [&](bool by_month) {
        Texts made;
        for (const auto& item : moment.counts(ada(), by_month).items)
            made.push_back(item.month.value_or("") + " " + std::string(to_name(item.status)) + " " +
                           std::to_string(item.certificates));
        return made;
    };
    CHECK(counts(false) == Texts{" paid 2", " pending-verification 1", " issued 2", " revoked 1"});
    CHECK(counts(true) == Texts{"2026-01 paid 1", "2026-01 pending-verification 1", "2026-01 issued 2",
                                "2026-01 revoked 1", "2026-02 paid 1"});
    CHECK(ledger.all.status().certificates == 6);
}

TEST_CASE("a text on the command line is resolved to an id") {
    Ledger ledger;
    fill(ledger);
    ledger.buy("abc-1", {"only.example.com"}, day(5));
    ledger.buy("abc-2", {"two.example.com"}, day(5));
    ledger.make("gone", {"two.example.com"}, day(5), day(50), 9);
    ledger.cert("gone", CertificateRevoked{}, day(6));
    const auto moment = ledger.moment(day(7));
    const auto resolve = [&](std::string_view text) {
        Texts made;
        for (const auto& id : moment.resolve_certificate(ada(), text)) made.push_back(id.value);
        return made;
    };
    CHECK(resolve("k1") == Texts{"k1"});
    CHECK(resolve("abc") == Texts{"abc-1", "abc-2"});
    CHECK(resolve("abc-2") == Texts{"abc-2"});
    CHECK(resolve("only.example.com") == Texts{"abc-1"});
    CHECK(resolve("two.example.com") == Texts{"abc-2"});
    CHECK(resolve("nothing").empty());
    CHECK(resolve("").empty());
}

}  // namespace certledger::test
