#include <catch2/catch.hpp>
#include <certledger/tools/engine/tick.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;
using events::EventType;

namespace {

struct Made {
    EventType type;
    std::string stream;
    std::string occurred_at;
    friend bool operator==(const Made&, const Made&) = default;
};

std::vector<Made> tick_until(SharedLedger& shared, engine::Ledger& ledger, const char* until) {
    const auto before = shared.log().head().position;
    engine::TickOptions options;
    options.until = at(until);
    options.actor = "clock";
    const auto report = must(engine::tick(ledger, options));
    std::vector<Made> made;
    must(shared.log().read_all(
        before + 1, shared.log().head().position,
        [&](const events::RecordView& record, std::span<const std::uint8_t>) {
            made.push_back({record.type, std::string(record.stream), events::to_string(record.occurred_at)});
            return true;
        }));
    CHECK(report.answers.size() == made.size());
    return made;
}

}  // namespace

TEST_CASE("a tick after an outage makes everything that was missed, once, each at the instant it was due") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    const auto made = tick_until(shared, ledger, "2027-01-05T00:00:00Z");
    const std::vector<Made> expected{
        {EventType::expiry_noticed, "certificate-k1", "2026-11-01T23:59:59Z"},
        {EventType::renewal_due, "certificate-k1", "2026-12-01T23:59:59Z"},
        {EventType::expiry_noticed, "certificate-k1", "2026-12-01T23:59:59Z"},
        {EventType::expiry_noticed, "certificate-k1", "2026-12-17T23:59:59Z"},
        {EventType::expiry_noticed, "certificate-k1", "2026-12-24T23:59:59Z"},
        {EventType::expiry_noticed, "certificate-k1", "2026-12-30T23:59:59Z"},
        {EventType::certificate_expired, "certificate-k1", "2027-01-01T00:00:00Z"},
    };
    CHECK(made == expected);
    CHECK(tick_until(shared, ledger, "2027-01-05T00:00:00Z").empty());
    CHECK(must(ledger.certificate({"k1"}))->is(events::Status::expired));
}

TEST_CASE("ticks at their time make what is due and no more") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    CHECK(tick_until(shared, ledger, "2026-11-01T23:59:58Z").empty());
    CHECK(tick_until(shared, ledger, "2026-11-01T23:59:59Z").size() == 1);
    CHECK(tick_until(shared, ledger, "2026-12-01T23:59:59Z").size() == 2);
    CHECK(tick_until(shared, ledger, "2026-12-31T23:59:58Z").size() == 3);
    CHECK(tick_until(shared, ledger, "2026-12-31T23:59:59Z").empty());
    const auto last = tick_until(shared, ledger, "2026-12-31T23:59:59.5Z");
    REQUIRE(last.size() == 1);
    CHECK(last[0] == Made{EventType::certificate_expired, "certificate-k1", "2026-12-31T23:59:59.500000Z"});
}

TEST_CASE("what several certificates are due for comes in the order of time") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    must(ledger.execute(request("", buy("k2", "www.example.com"), "2026-01-02T00:00:00Z")));
    must(ledger.execute(request("", apply_for("k2", false), "2026-01-02T00:00:00Z")));
    must(ledger.execute(request("", validated("k2", "www.example.com"), "2026-01-02T00:00:00Z")));
    must(ledger.execute(
        request("", issue("k2", "2026-01-02T00:00:00Z", "2026-12-25T23:59:59Z", 2), "2026-01-02T00:03:00Z")));
    const auto made = tick_until(shared, ledger, "2027-01-05T00:00:00Z");
    REQUIRE(made.size() == 14);
    CHECK(std::is_sorted(made.begin(), made.end(),
                         [](const Made& a, const Made& b) { return a.occurred_at < b.occurred_at; }));
    CHECK(made.front().stream == "certificate-k2");
    CHECK(made.back().stream == "certificate-k1");
}

TEST_CASE("a certificate with an open revocation does not expire by a tick") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    must(ledger.execute(request("", domain::RequestRevocation{{"k1"}, events::RevocationReason::superseded},
                                "2026-12-31T00:00:00Z")));
    for (const auto& made : tick_until(shared, ledger, "2027-01-05T00:00:00Z")) {
        CHECK(made.type != EventType::certificate_expired);
    }
    CHECK(must(ledger.certificate({"k1"}))->is(events::Status::issued));
}

TEST_CASE("a tick for one account leaves the others alone") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    engine::TickOptions options;
    options.until = at("2027-01-05T00:00:00Z");
    options.actor = "clock";
    options.account = events::AccountId{"acme"};
    CHECK(must(engine::tick(ledger, options)).answers.empty());
}

TEST_CASE("a tick that fails leaves nothing pending, and the next one goes on") {
    SharedLedger shared;
    auto first = shared.open();
    issue_one(first, "k1", 1);
    issue_one(first, "k2", 2, "www.example.com");
    // A ledger that has to read the streams.
    auto ledger = shared.open();
    bool broken = true;
    shared.watched->before_read = [&](std::string_view stream) -> Result<void> {
        if (broken && stream == "certificate-k2") return fail(ErrorKind::outside, "no disk");
        return {};
    };
    engine::TickOptions options;
    options.until = at("2026-11-01T23:59:59Z");
    options.actor = "clock";
    const auto before = shared.log().head().position;
    const auto failed = engine::tick(ledger, options);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::outside);
    CHECK(ledger.pending() == 0);
    CHECK(shared.log().head().position == before + 1);
    broken = false;
    CHECK(must(engine::tick(ledger, options)).answers.size() == 1);
    CHECK(shared.log().head().position == before + 2);
}
