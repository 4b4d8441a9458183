#include <catch2/catch.hpp>
#include <certledger/events/contract.hpp>
#include <limits>

#include "support/engines.hpp"
#include "support/records.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

Result<std::vector<Stored>> append_expecting(EventStore& store, const std::string& stream,
                                             ExpectedVersion expected) {
    return store.append(append_of({pending(stream)}, {{{stream}, expected}}));
}

bool conflicts(const Result<std::vector<Stored>>& result) {
    return !result && result.error().kind == ErrorKind::conflict;
}

}  // namespace

TEST_CASE("an expected version holds or conflicts by the stream's end") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();

    CHECK(conflicts(append_expecting(store, "a", ExpectedVersion::stream_exists())));
    CHECK(conflicts(append_expecting(store, "a", ExpectedVersion::exact(1))));
    CHECK(append_expecting(store, "a", ExpectedVersion::no_stream()));
    CHECK(conflicts(append_expecting(store, "a", ExpectedVersion::no_stream())));
    CHECK(conflicts(append_expecting(store, "a", ExpectedVersion::exact(0))));
    CHECK(append_expecting(store, "a", ExpectedVersion::exact(1)));
    CHECK(conflicts(append_expecting(store, "a", ExpectedVersion::exact(1))));
    CHECK(append_expecting(store, "a", ExpectedVersion::stream_exists()));
    CHECK(append_expecting(store, "a", ExpectedVersion::any()));
    CHECK(append_expecting(store, "b", ExpectedVersion::exact(0)));
    CHECK(append_expecting(store, "c", ExpectedVersion::any()));
    CHECK(store.stream_head("a")->version == 4);
    CHECK(store.head().position == 6);
}

TEST_CASE("expected versions are met by what they say and nothing else") {
    const auto met = [](ExpectedVersion expected) {
        return std::array{expected.met_by(0), expected.met_by(1), expected.met_by(7)};
    };
    CHECK(met(ExpectedVersion::any()) == std::array{true, true, true});
    CHECK(met(ExpectedVersion::no_stream()) == std::array{true, false, false});
    CHECK(met(ExpectedVersion::stream_exists()) == std::array{false, true, true});
    CHECK(met(ExpectedVersion::exact(7)) == std::array{false, false, true});
    CHECK(met(ExpectedVersion::exact(0)) == std::array{true, false, false});
}

TEST_CASE("one append writes to several streams, and to one stream several times") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    REQUIRE(store.append(append_to("b", 2)));

    const auto stored =
        store.append(append_of({pending("a", "1"), pending("b", "2"), pending("a", "3"), pending("c", "4"),
                                pending("b", "5"), pending("a", "6")},
                               {{{"a"}, ExpectedVersion::no_stream()}, {{"b"}, ExpectedVersion::exact(2)}}));
    REQUIRE(stored);
    std::vector<std::uint64_t> versions;
    for (const Stored& one : *stored) versions.push_back(one.version);
    CHECK(versions == std::vector<std::uint64_t>{1, 3, 2, 1, 4, 3});

    const auto log = whole_log(store);
    REQUIRE(log.size() == 8);
    std::vector<std::uint64_t> previous;
    for (std::size_t i = 0; i < log.size(); ++i) {
        CHECK(log[i].position == i + 1);
        previous.push_back(log[i].previous);
    }
    CHECK(previous == std::vector<std::uint64_t>{0, 1, 0, 2, 3, 0, 4, 5});
    CHECK(log[7].payload == "6");
    CHECK((*stored)[5].position == 8);
}

TEST_CASE("every expectation of an append is looked at before its first record is written") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    // The append itself makes the stream that is expected not to exist.
    CHECK(store.append(append_of({pending("a"), pending("a")}, {{{"a"}, ExpectedVersion::no_stream()}})));
    CHECK(conflicts(store.append(append_of(
        {pending("b")}, {{{"b"}, ExpectedVersion::no_stream()}, {{"a"}, ExpectedVersion::exact(1)}}))));
    // An expectation may speak of a stream that the append does not write to.
    CHECK(store.append(append_of({pending("b")}, {{{"a"}, ExpectedVersion::exact(2)}})));
}

TEST_CASE("nothing is written after a conflict") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    REQUIRE(store.append(append_to("a", 3)));
    const Head before = store.head();
    const auto root = store.tree_head(3);
    REQUIRE(root);

    CHECK(conflicts(
        store.append(append_of({pending("new"), pending("a")}, {{{"a"}, ExpectedVersion::exact(2)}}))));
    CHECK(store.head() == before);
    CHECK_FALSE(store.stream_head("new"));
    CHECK(whole_log(store).size() == 3);
    CHECK(*store.tree_head(3) == *root);
    CHECK(store.append(append_to("a")).value().front().version == 4);
}

TEST_CASE("a stream has no head before its first record and one after it") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    CHECK(store.head() == Head{});
    CHECK_FALSE(store.stream_head("a"));
    REQUIRE(store.append(append_of({pending("a"), pending("b"), pending("a")})));
    REQUIRE(store.stream_head("a"));
    CHECK(store.stream_head("a")->version == 2);
    CHECK(store.stream_head("a")->position == 3);
    CHECK(store.stream_head("b")->position == 2);
    CHECK_FALSE(store.stream_head("c"));
    CHECK_FALSE(store.stream_head(""));
}

TEST_CASE("recorded_at is never earlier than that of the record before") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    const auto at = [](std::int64_t seconds) {
        PendingRecord record = pending("a");
        record.not_before = events::Instant::from_seconds(seconds);
        return record;
    };
    // Also before 1970: a simulated ledger may begin anywhere.
    REQUIRE(store.append(append_of({at(-500), at(100), at(50)})));
    REQUIRE(store.append(append_of({at(99)})));
    REQUIRE(store.append(append_of({at(101)})));
    std::vector<std::int64_t> recorded;
    for (const Seen& one : whole_log(store)) recorded.push_back(one.recorded_at.seconds());
    CHECK(recorded == std::vector<std::int64_t>{-500, 100, 100, 100, 101});
    CHECK(store.head().recorded_at == events::Instant::from_seconds(101));
}

TEST_CASE("an append conflicts with a record behind its decision that carries what it read") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    REQUIRE(store.append(append_to("a")));                                          // 1
    REQUIRE(store.append(append_of({pending_command("b", "one")})));                // 2
    REQUIRE(store.append(append_of({pending("c"), pending_command("c", "two")})));  // 3, 4

    const auto decide = [&](Position decided_at, std::vector<std::string> reads) {
        Append append = append_to("result");
        append.decided_at = decided_at;
        append.reads = std::move(reads);
        return store.append(append);
    };
    CHECK(conflicts(decide(0, {"a"})));
    CHECK(decide(1, {"a"}));  // 5
    CHECK(conflicts(decide(1, {"a", "b"})));
    CHECK(conflicts(decide(1, {command_key("one")})));
    CHECK(decide(2, {command_key("one"), "a", "b"}));  // 6
    CHECK(conflicts(decide(3, {"c"})));
    CHECK(conflicts(decide(3, {command_key("two")})));
    CHECK(decide(4, {"c", command_key("two"), "never written"}));  // 7
    CHECK(decide(0, {}));                                          // 8
    CHECK(conflicts(decide(7, {"result"})));
    CHECK(decide(8, {"result"}));
    // A stream's name is no key of a command, nor the other way round.
    CHECK(decide(0, {command_key("a"), "one"}));
    CHECK(store.head().position == 10);
}

TEST_CASE("a record of more than 65,535 octets is refused by its size and the limit") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    PendingRecord record = pending("a");
    const std::size_t envelope = events::kEnvelopeSize + events::kChecksumSize + record.stream.value.size() +
                                 record.actor.size() + record.account.size();
    record.payload.assign(events::kMaxRecordSize - envelope, 'x');
    const auto largest = store.append(append_of({record}));
    REQUIRE(largest);
    CHECK(store.record(1)->size() == events::kMaxRecordSize);

    record.payload.push_back('x');
    const auto refused = store.append(append_of({pending("b"), record}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK_THAT(refused.error().message,
               Catch::Contains("65536 octets") && Catch::Contains("65535") && Catch::Contains("record 2"));
    CHECK(store.head().position == 1);
}

TEST_CASE("a record that could not be read back is refused") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    const auto refusal = [&](const PendingRecord& record) -> std::string {
        const auto result = store.append(append_of({record}));
        if (result) return "taken";
        return result.error().kind == ErrorKind::invalid_input ? result.error().message : "another kind";
    };
    PendingRecord record = pending("");
    CHECK_THAT(refusal(record), Catch::Contains("stream is empty"));
    record = pending("a");
    record.actor = "\xC3\x28";
    CHECK_THAT(refusal(record), Catch::Contains("actor is not well-formed UTF-8"));
    record = pending("a");
    record.occurred_at.micros = std::numeric_limits<std::int64_t>::max();
    CHECK_THAT(refusal(record), Catch::Contains("occurred_at is outside the years 0001 to 9999"));
    record = pending("a");
    record.not_before.micros = std::numeric_limits<std::int64_t>::min();
    CHECK_THAT(refusal(record), Catch::Contains("not_before is outside the years 0001 to 9999"));
    record = pending("a");
    record.schema = 0;
    CHECK_THAT(refusal(record), Catch::Contains("schema version is 0"));
    CHECK(store.head().position == 0);
}

TEST_CASE("an append of nothing violates the contract") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    CHECK_THROWS_AS((void)engine->store().append(Append{}), ContractViolation);
}

TEST_CASE("every field of a record comes back as it was given") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    PendingRecord record = pending("certificate-\xC3\xA4", std::string("\0\xFF", 2));
    record.type = events::EventType::domain_validated;
    record.schema = 3;
    record.occurred_at.micros = -1;
    record.id.octets.fill(0x11);
    record.causation.octets.fill(0x22);
    record.command_digest.fill(0x33);
    record.actor = "actor";
    record.account = "account";
    record.command = "command";
    record.correlation = "correlation";
    REQUIRE(store.append(append_of({record})));
    bool visited = false;
    REQUIRE(store.read_all(1, 1, [&](const events::RecordView& view, std::span<const std::uint8_t> bytes) {
        visited = true;
        CHECK(view.type == record.type);
        CHECK(view.schema == record.schema);
        CHECK(view.occurred_at == record.occurred_at);
        CHECK(view.id == record.id);
        CHECK(view.causation == record.causation);
        CHECK(view.command_digest == record.command_digest);
        CHECK(view.stream == record.stream.value);
        CHECK(view.actor == record.actor);
        CHECK(view.account == record.account);
        CHECK(view.command == record.command);
        CHECK(view.correlation == record.correlation);
        CHECK(std::equal(view.payload.begin(), view.payload.end(), record.payload.begin(),
                         record.payload.end()));
        CHECK(events::Bytes(bytes.begin(), bytes.end()) == *store.record(1));
        return true;
    }));
    CHECK(visited);
}
