#include <catch2/catch.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

std::pair<events::Instant, events::Instant> times_of(const store::EventStore& log, store::Position position) {
    std::pair<events::Instant, events::Instant> times;
    must(log.read_all(position, position,
                      [&](const events::RecordView& record, std::span<const std::uint8_t>) {
                          times = {record.occurred_at, record.recorded_at};
                          return true;
                      }));
    return times;
}

}  // namespace

TEST_CASE("with simulated time recorded_at is the greatest occurred_at so far") {
    SharedLedger shared;
    auto ledger = shared.open();
    CHECK(must(ledger.execute(request("a", buy_quota("q1"), "2026-01-05T00:00:00Z"))).position == 10U);
    CHECK(must(ledger.execute(request("b", buy_quota("q2"), "2026-01-03T00:00:00Z"))).position == 11U);
    CHECK(times_of(shared.log(), 10) == std::pair(at("2026-01-05T00:00:00Z"), at("2026-01-05T00:00:00Z")));
    CHECK(times_of(shared.log(), 11) == std::pair(at("2026-01-03T00:00:00Z"), at("2026-01-05T00:00:00Z")));
}

TEST_CASE(
    "with simulated time a command without occurred_at happens at --now, else at the last recorded_at") {
    SharedLedger shared;
    {
        auto ledger = shared.open();
        REQUIRE(ledger.submit(request("a", buy_quota("q1"), "2026-01-05T00:00:00Z")));
        REQUIRE(ledger.submit(request("b", buy_quota("q2"))));
        must(ledger.flush());
    }
    CHECK(times_of(shared.log(), 11).first == at("2026-01-05T00:00:00Z"));
    auto options = SharedLedger::simulated();
    options.now = at("2026-02-01T00:00:00Z");
    auto ledger = shared.open(options);
    must(ledger.execute(request("c", buy_quota("q3"))));
    CHECK(times_of(shared.log(), 12) == std::pair(at("2026-02-01T00:00:00Z"), at("2026-02-01T00:00:00Z")));
}

TEST_CASE("with real time a command may come late but not from the future") {
    SharedLedger shared;
    auto ledger = shared.open({});
    const auto late = must(ledger.execute(request("a", buy_quota("q1"), "2025-01-01T00:00:00Z")));
    CHECK(late.ok);
    CHECK(times_of(shared.log(), *late.position) ==
          std::pair(at("2025-01-01T00:00:00Z"), at("2026-06-01T00:00:00Z")));
    CHECK(must(ledger.execute(request("b", buy_quota("q2"), "2026-06-01T00:00:00Z"))).ok);
    const auto future = must(ledger.execute(request("c", buy_quota("q3"), "2026-06-01T00:00:00.000001Z")));
    REQUIRE_FALSE(future.ok);
    CHECK(future.refusal->code == events::RefusalCode::invalid_field);
    CHECK(future.refusal->field == "occurred_at");
}

TEST_CASE("a clock that runs backwards does not take recorded_at along") {
    SharedLedger shared;
    auto ledger = shared.open({});
    must(ledger.execute(request("a", buy_quota("q1"))));
    shared.clock->set(at("2026-05-01T00:00:00Z"));
    const auto answer = must(ledger.execute(request("b", buy_quota("q2"))));
    CHECK(times_of(shared.log(), *answer.position) ==
          std::pair(at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z")));
}

TEST_CASE("a command must not happen before the first event of its stream") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-05T00:00:00Z")));
    const auto before = must(ledger.execute(request("b", apply_for("k1"), "2026-01-04T23:59:59Z")));
    REQUIRE_FALSE(before.ok);
    CHECK(before.refusal->code == events::RefusalCode::invalid_field);
    CHECK(before.refusal->field == "occurred_at");
    CHECK(before.refusal->status == events::Status::paid);
    CHECK(must(ledger.execute(request("c", apply_for("k1"), "2026-01-05T00:00:00Z"))).ok);
}

TEST_CASE("--now before the last recorded_at is refused for commands and taken for queries") {
    SharedLedger shared;
    {
        auto ledger = shared.open();
        must(ledger.execute(request("a", buy_quota("q1"), "2026-01-05T00:00:00Z")));
    }
    auto options = SharedLedger::simulated();
    options.now = at("2026-01-04T00:00:00Z");
    auto ledger = shared.open(options);
    CHECK(ledger.query_now() == at("2026-01-04T00:00:00Z"));
    CHECK(ledger.views());
    const auto refused = ledger.execute(request("b", buy_quota("q2"), "2026-01-06T00:00:00Z"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK(shared.log().head().position == 10);
}

TEST_CASE("--now is for ledgers with simulated time only") {
    engine::LedgerOptions options;
    options.now = at("2026-01-04T00:00:00Z");
    const auto opened = engine::Ledger::assemble(engine::memory_assembly(), options);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a query goes by --now, else by the last recorded_at of simulated time, else by the clock") {
    SharedLedger simulated;
    auto first = simulated.open();
    must(first.execute(request("a", buy_quota("q1"), "2026-01-05T00:00:00Z")));
    CHECK(first.query_now() == at("2026-01-05T00:00:00Z"));
    SharedLedger real;
    const auto second = real.open({});
    CHECK(second.query_now() == at("2026-06-01T00:00:00Z"));
}
