#include <catch2/catch.hpp>
#include <certledger/domain/policies/book.hpp>
#include <certledger/events/codec.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

struct Read {
    events::RecordView record;
    std::string stream;
    events::Event event;
};

std::vector<Read> records(const store::EventStore& log) {
    std::vector<Read> all;
    must(log.read_all(
        1, log.head().position, [&](const events::RecordView& record, std::span<const std::uint8_t>) {
            all.push_back({record, std::string(record.stream),
                           must(events::decode_event(record.type, record.schema, record.payload))});
            return true;
        }));
    return all;
}

}  // namespace

TEST_CASE("a new ledger begins with its genesis record and the eight default policies") {
    SharedLedger shared;
    const auto ledger = shared.open();
    const auto all = records(shared.log());
    REQUIRE(all.size() == 9);
    CHECK(all[0].stream == "ledger");
    const auto& created = std::get<events::LedgerCreated>(all[0].event);
    CHECK(created.simulated_time);
    CHECK(created.origin == "test.example/log");
    for (std::size_t i = 0; i < 8; ++i) {
        CHECK(all[i + 1].stream == "policy");
        CHECK(all[i + 1].record.version == i + 1);
        CHECK(std::get<events::PolicyAdopted>(all[i + 1].event).policy == policies::default_policies()[i]);
    }
    CHECK(shared.watched->appends == 1);
}

TEST_CASE("the first records of a ledger with simulated time carry 1970, or --now where it is given") {
    SharedLedger without;
    const auto first = without.open();
    CHECK(records(without.log())[0].record.recorded_at == at("1970-01-01T00:00:00Z"));
    SharedLedger with;
    auto options = SharedLedger::simulated();
    options.now = at("2026-02-03T04:05:06Z");
    const auto second = with.open(options);
    CHECK(records(with.log())[8].record.occurred_at == at("2026-02-03T04:05:06Z"));
    CHECK(second.info().created_at == at("2026-02-03T04:05:06Z"));
}

TEST_CASE("the first records of a ledger with real time carry the clock") {
    SharedLedger shared;
    const auto ledger = shared.open({});
    CHECK(records(shared.log())[0].record.recorded_at == at("2026-06-01T00:00:00Z"));
    CHECK_FALSE(ledger.info().simulated_time);
}

TEST_CASE("a ledger that is opened again says what its first record says, whatever the options are") {
    SharedLedger shared;
    { const auto ledger = shared.open(); }
    const auto again = shared.open({});
    CHECK(again.info().simulated_time);
    CHECK(again.info().origin == "test.example/log");
    CHECK(shared.log().head().position == 9);
}

TEST_CASE("a ledger without an origin gets one that is good as the name of a log") {
    SharedLedger shared;
    const auto ledger = shared.open({});
    CHECK_FALSE(ledger.info().origin.empty());
    CHECK(ledger.info().origin.find_first_of(" +") == std::string::npos);
}

TEST_CASE("an origin that is no name for a log is refused and nothing is written") {
    engine::LedgerOptions options;
    options.origin = "two words";
    const auto made = engine::Ledger::assemble(engine::memory_assembly(), options);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("an empty log is no ledger when none may be made") {
    engine::LedgerOptions options;
    options.create_if_missing = false;
    const auto opened = engine::Ledger::assemble(engine::memory_assembly(), options);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::not_found);
}

TEST_CASE("a log that begins with another record is damaged") {
    auto assembly = engine::memory_assembly();
    store::Append append;
    append.records.emplace_back();
    auto& record = append.records.back();
    record.stream = events::ledger_stream();
    record.type = events::EventType::rollback_accepted;
    record.actor = "ada";
    record.account = "default";
    events::encode_event(events::RollbackAccepted{}, record.payload);
    REQUIRE(assembly.log->append(append));
    const auto opened = engine::Ledger::assemble(std::move(assembly), {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::damaged);
}

TEST_CASE(
    "a log of a newer format is damaged as far as this program can tell, and the message names the formats") {
    auto assembly = engine::memory_assembly();
    store::Append append;
    append.records.emplace_back();
    auto& record = append.records.back();
    record.stream = events::ledger_stream();
    record.actor = "ada";
    record.account = "default";
    events::LedgerCreated created;
    created.format = 2;
    created.origin = "x";
    events::encode_event(created, record.payload);
    REQUIRE(assembly.log->append(append));
    const auto opened = engine::Ledger::assemble(std::move(assembly), {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::damaged);
    CHECK(opened.error().message.find("format 2") != std::string::npos);
}
