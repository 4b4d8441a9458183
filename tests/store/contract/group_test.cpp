#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/store/group_writer.hpp>
#include <thread>

#include "support/engines.hpp"
#include "support/records.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

Append deciding(std::string stream, Position decided_at, std::vector<std::string> reads) {
    Append append = append_to(stream);
    append.decided_at = decided_at;
    append.reads = std::move(reads);
    return append;
}

bool conflicts(const Result<std::vector<Stored>>& outcome) {
    return !outcome && outcome.error().kind == ErrorKind::conflict;
}

std::vector<std::vector<std::uint64_t>> positions_of(std::vector<Result<std::vector<Stored>>> outcomes) {
    std::vector<std::vector<std::uint64_t>> positions;
    for (const auto& outcome : outcomes) {
        auto& own = positions.emplace_back();
        if (!outcome) continue;
        for (const Stored& stored : *outcome) own.push_back(stored.position);
    }
    return positions;
}

}  // namespace

TEST_CASE("appends of one step follow one another, and one that conflicts leaves no gap") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    REQUIRE(store.append(append_to("a")));
    const std::vector<Append> appends{
        append_of({pending("a"), pending("b")}, {{{"b"}, ExpectedVersion::no_stream()}}),
        append_of({pending("b")}, {{{"b"}, ExpectedVersion::no_stream()}}),
        append_of({pending("a"), pending("a")}, {{{"a"}, ExpectedVersion::exact(2)}}),
        append_of({pending("c")}, {{{"d"}, ExpectedVersion::stream_exists()}}),
        append_of({pending("c")}, {{{"c"}, ExpectedVersion::exact(0)}})};
    auto outcomes = store.append_all(appends);
    REQUIRE(outcomes.size() == 5);
    CHECK(conflicts(outcomes[1]));
    CHECK(conflicts(outcomes[3]));
    CHECK(positions_of(std::move(outcomes)) ==
          std::vector<std::vector<std::uint64_t>>{{2, 3}, {}, {4, 5}, {}, {6}});
    CHECK(store.stream_head("a")->version == 4);
    CHECK(store.stream_head("b")->version == 1);
    CHECK(store.head().position == 6);
    CHECK(store.tree_head(6));
    CHECK(store.append_all({}).empty());
}

TEST_CASE("what an append has read is held against the appends of its own step") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    REQUIRE(store.append(append_to("a")));
    const std::vector<Append> appends{append_of({pending_command("b", "c1")}),
                                      deciding("x", 1, {"a"}),
                                      deciding("x", 1, {"b"}),
                                      deciding("x", 1, {command_key("c1")}),
                                      deciding("x", 2, {"b", command_key("c1")}),
                                      deciding("x", 0, {"a"})};
    const auto outcomes = store.append_all(appends);
    std::vector<bool> conflicted;
    for (const auto& outcome : outcomes) conflicted.push_back(conflicts(outcome));
    CHECK(conflicted == std::vector<bool>{false, false, true, true, false, true});
    CHECK(store.head().position == 4);
}

TEST_CASE("a malformed append of a step is refused and the others are written") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    Append malformed = append_to("a");
    malformed.records.front().schema = 0;
    const auto outcomes = store.append_all(std::vector<Append>{append_to("a"), malformed, append_to("a")});
    CHECK(outcomes[0]);
    REQUIRE_FALSE(outcomes[1]);
    CHECK(outcomes[1].error().kind == ErrorKind::invalid_input);
    CHECK(outcomes[2]);
    CHECK(store.stream_head("a")->version == 2);
}

TEST_CASE("batches give every record's octets once and in order, from and to where they are asked for") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    for (std::size_t i = 0; i < 20; ++i) REQUIRE(store.append(append_to("a", i % 4 + 1)));
    const Position head = store.head().position;
    const auto octets = [&](Position from, Position to, std::size_t at_most) {
        std::vector<events::Bytes> all;
        Position expected = std::max<Position>(from, 1);
        CHECK(store.read_batches(from, to, [&](Position first, auto records) {
            CHECK(first == expected);
            for (const auto record : records) all.emplace_back(record.begin(), record.end());
            expected += records.size();
            return all.size() < at_most;
        }));
        return all;
    };
    const auto whole = octets(1, head + 10, 1000);
    REQUIRE(whole.size() == head);
    for (Position position = 1; position <= head; ++position)
        CHECK(whole[position - 1] == *store.record(position));
    CHECK(octets(3, 7, 1000) == std::vector<events::Bytes>(whole.begin() + 2, whole.begin() + 7));
    CHECK(octets(head, head, 1000).size() == 1);
    CHECK(octets(head + 1, head + 5, 1000).empty());
    CHECK(octets(1, head, 1).size() < 5);
}

TEST_CASE("a shared writer answers everybody in order and loses nothing at its end") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    constexpr std::size_t kProducers = 4;
    constexpr std::size_t kEach = 100;
    std::vector<std::vector<Position>> answered(kProducers);
    std::atomic<int> failures = 0;
    {
        // Room for few: producers have to wait for it.
        GroupWriter writer(store, {8, 5});
        std::vector<std::thread> producers;
        for (std::size_t p = 0; p < kProducers; ++p) {
            producers.emplace_back([&, p] {
                for (std::size_t i = 0; i < kEach; ++i) {
                    const std::string own = "own-" + std::to_string(p);
                    writer.submit(append_of({pending(own)}, {{{own}, ExpectedVersion::exact(i)}}),
                                  [&, p](GroupWriter::Outcome outcome) {
                                      const auto stored = std::move(outcome).get();
                                      if (!stored) ++failures;
                                      if (stored) answered[p].push_back(stored->front().position);
                                  });
                }
            });
        }
        for (std::thread& producer : producers) producer.join();
    }
    CHECK(failures == 0);
    CHECK(store.head().position == kProducers * kEach);
    for (const auto& positions : answered) {
        CHECK(positions.size() == kEach);
        CHECK(std::is_sorted(positions.begin(), positions.end()));
    }
}

TEST_CASE("a shared writer hands a conflict to the one whose append it was") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    GroupWriter writer(engine->store());
    auto first = writer.submit(append_of({pending("a")}, {{{"a"}, ExpectedVersion::no_stream()}}));
    auto second = writer.submit(append_of({pending("a")}, {{{"a"}, ExpectedVersion::no_stream()}}));
    CHECK(first.get());
    CHECK(conflicts(second.get()));
}

namespace {

/// Whose disk gives way.
class BrokenStore final : public EventStore {
  public:
    Result<std::vector<Stored>> append(const Append&) override { throw OutcomeUnknown("the disk is gone"); }
    [[nodiscard]] Head head() const override { return {}; }
    [[nodiscard]] std::optional<StreamHead> stream_head(std::string_view) const override { return {}; }
    [[nodiscard]] Result<void> read_stream(std::string_view, std::uint64_t, std::uint64_t, Direction,
                                           const RecordVisitor&) const override {
        return {};
    }
    [[nodiscard]] Result<void> read_all(Position, Position, const RecordVisitor&) const override {
        return {};
    }
    [[nodiscard]] Result<events::Bytes> record(Position) const override { return events::Bytes{}; }
    [[nodiscard]] Result<void> find(std::string_view, const RecordVisitor&) const override { return {}; }
    [[nodiscard]] Result<TreeHead> tree_head(std::uint64_t) const override { return TreeHead{}; }
    [[nodiscard]] Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t,
                                                                      std::uint64_t) const override {
        return std::vector<events::Digest>{};
    }
    [[nodiscard]] Result<std::vector<events::Digest>> consistency_proof(std::uint64_t,
                                                                        std::uint64_t) const override {
        return std::vector<events::Digest>{};
    }
};

}  // namespace

TEST_CASE("an unknown outcome reaches everybody who waits for the commit") {
    BrokenStore broken;
    GroupWriter writer(broken);
    auto first = writer.submit(append_to("a"));
    auto second = writer.submit(append_to("b"));
    CHECK_THROWS_AS(first.get(), OutcomeUnknown);
    CHECK_THROWS_AS(second.get(), OutcomeUnknown);
}
