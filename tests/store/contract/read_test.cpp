#include <catch2/catch.hpp>
#include <certledger/store/subscription.hpp>
#include <stdexcept>

#include "support/engines.hpp"
#include "support/records.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

constexpr std::uint64_t kEnd = ~std::uint64_t{0};
using Numbers = std::vector<std::uint64_t>;

/// 30 records: stream "a" at 1, 4, 7 ..., "b" at 2, 5, 8 ..., "c" at 3, 6, 9 ...; in appends of 1, 2, 3 ...
void fill(EventStore& store) {
    const std::string names[] = {"a", "b", "c"};
    std::size_t written = 0;
    for (std::size_t size = 1; written < 30; ++size) {
        Append append;
        for (std::size_t i = 0; i < size && written < 30; ++i, ++written)
            append.records.push_back(pending_command(names[written % 3], "k" + std::to_string(written % 5)));
        REQUIRE(store.append(append));
    }
}

Numbers stream_versions(const EventStore& store, std::uint64_t from, std::uint64_t to, Direction direction,
                        std::size_t limit = 100) {
    Collector collector(limit);
    REQUIRE(store.read_stream("b", from, to, direction, collector.visitor()));
    for (const Seen& one : collector.all) CHECK(one.stream == "b");
    return collector.versions();
}

Numbers log_positions(const EventStore& store, Position from, Position to, std::size_t limit = 100) {
    Collector collector(limit);
    REQUIRE(store.read_all(from, to, collector.visitor()));
    return collector.positions();
}

}  // namespace

TEST_CASE("a stream is read in both directions and in ranges") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store);
    CHECK(stream_versions(store, 1, kEnd, Direction::forward) == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    CHECK(stream_versions(store, 0, 10, Direction::forward).size() == 10);
    CHECK(stream_versions(store, 1, kEnd, Direction::backward) == Numbers{10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
    CHECK(stream_versions(store, 4, 6, Direction::forward) == Numbers{4, 5, 6});
    CHECK(stream_versions(store, 4, 6, Direction::backward) == Numbers{6, 5, 4});
    CHECK(stream_versions(store, 10, 10, Direction::forward) == Numbers{10});
    CHECK(stream_versions(store, 9, 40, Direction::backward) == Numbers{10, 9});
    CHECK(stream_versions(store, 11, 20, Direction::forward).empty());
    CHECK(stream_versions(store, 6, 4, Direction::forward).empty());
    CHECK(stream_versions(store, 1, kEnd, Direction::forward, 3) == Numbers{1, 2, 3});
    CHECK(stream_versions(store, 1, kEnd, Direction::backward, 1) == Numbers{10});
}

TEST_CASE("a stream that does not exist has nothing to read") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store);
    Collector collector;
    CHECK(store.read_stream("nobody", 1, kEnd, Direction::forward, collector.visitor()));
    CHECK(store.read_stream("", 1, kEnd, Direction::backward, collector.visitor()));
    CHECK(collector.all.empty());
}

TEST_CASE("the log is read in ranges, in order") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    CHECK(log_positions(store, 1, kEnd).empty());
    fill(store);
    CHECK(log_positions(store, 1, kEnd).size() == 30);
    CHECK(log_positions(store, 0, 3) == Numbers{1, 2, 3});
    CHECK(log_positions(store, 5, 9) == Numbers{5, 6, 7, 8, 9});
    CHECK(log_positions(store, 30, 30) == Numbers{30});
    CHECK(log_positions(store, 28, kEnd) == Numbers{28, 29, 30});
    CHECK(log_positions(store, 31, kEnd).empty());
    CHECK(log_positions(store, kEnd, kEnd).empty());
    CHECK(log_positions(store, 9, 8).empty());
    CHECK(log_positions(store, 2, kEnd, 4) == Numbers{2, 3, 4, 5});
}

TEST_CASE("one record is read by its position") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store);
    const auto log = whole_log(store);
    for (Position position = 1; position <= 30; ++position) {
        const auto record = store.record(position);
        REQUIRE(record);
        CHECK(*record == log[position - 1].bytes);
    }
    for (const Position position : {Position{0}, Position{31}, kEnd}) {
        const auto absent = store.record(position);
        REQUIRE_FALSE(absent);
        CHECK(absent.error().kind == ErrorKind::not_found);
    }
}

TEST_CASE("records are found by their key, newest first") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store);
    const auto found = [&](const std::string& key, std::size_t limit = 100) {
        Collector collector(limit);
        REQUIRE(store.find(key, collector.visitor()));
        return collector.positions();
    };
    CHECK(found(command_key("k0")) == Numbers{26, 21, 16, 11, 6, 1});
    CHECK(found(command_key("k4")) == Numbers{30, 25, 20, 15, 10, 5});
    CHECK(found(command_key("k4"), 2) == Numbers{30, 25});
    CHECK(found(command_key("k5")).empty());
    // A stream's name is not a key.
    CHECK(found("a").empty());
    CHECK(found("").empty());
}

TEST_CASE("a visitor may read the log it visits") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store);
    Numbers versions;
    REQUIRE(store.find(command_key("k3"), [&](const events::RecordView& record, auto) {
        versions.push_back(store.stream_head(record.stream)->version);
        Collector inner;
        CHECK(store.read_stream(record.stream, 1, kEnd, Direction::forward, inner.visitor()));
        CHECK(inner.all.size() == 10);
        return true;
    }));
    CHECK(versions == Numbers{10, 10, 10, 10, 10, 10});
}

TEST_CASE("a subscription goes on where it stopped") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    Collector collector;
    Subscription subscription(store);
    CHECK(*subscription.next(10, collector.visitor()) == 0);
    CHECK(subscription.position() == 0);
    fill(store);
    CHECK(*subscription.next(0, collector.visitor()) == 0);
    CHECK(*subscription.next(7, collector.visitor()) == 7);
    CHECK(subscription.position() == 7);

    Subscription resumed(store, subscription.position());
    CHECK(*resumed.next(20, collector.visitor()) == 20);
    CHECK(*resumed.next(20, collector.visitor()) == 3);
    CHECK(*resumed.next(20, collector.visitor()) == 0);
    CHECK(resumed.position() == 30);
    REQUIRE(store.append(append_to("d", 2)));
    CHECK(*resumed.next(kEnd, collector.visitor()) == 2);

    Numbers all;
    for (std::uint64_t i = 1; i <= 32; ++i) all.push_back(i);
    CHECK(collector.positions() == all);
    CHECK(*Subscription(store, kEnd).next(5, collector.visitor()) == 0);
}

TEST_CASE("a subscription stays before a record whose visitor throws, and takes one that ends the batch") {
    const auto engine = make_engine(CERTLEDGER_EACH_ENGINE);
    EventStore& store = engine->store();
    fill(store);
    Subscription subscription(store, 10);
    CHECK_THROWS_AS((void)subscription.next(10,
                                            [](const events::RecordView& record, auto) -> bool {
                                                if (record.position == 14) throw std::runtime_error("poison");
                                                return true;
                                            }),
                    std::runtime_error);
    CHECK(subscription.position() == 13);
    CHECK(*subscription.next(
              10, [](const events::RecordView& record, auto) { return record.position < 15; }) == 2);
    CHECK(subscription.position() == 15);
}
