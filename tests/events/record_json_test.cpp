#include <catch2/catch.hpp>
#include <certledger/events/json/parse.hpp>
#include <certledger/events/json/record_json.hpp>

#include "samples.hpp"

using namespace certledger;
using namespace certledger::events;
using namespace certledger::testing;
using json::Json;

namespace {

/// Views into `payload`.
RecordView created(const Bytes& payload) {
    RecordView record;
    record.type = EventType::quota_returned;
    record.position = 3;
    record.version = 1;
    record.occurred_at = Instant::from_seconds(1'767'312'000);
    record.recorded_at = Instant{1'767'312'000'000'012};
    record.id.octets[15] = 1;
    record.stream = "quota-q1";
    record.actor = "ada";
    record.account = "default";
    record.payload = payload;
    return record;
}

Bytes returned_unit() { return encoded(Event(QuotaReturned{2, CertificateId{"k1"}})); }

Json good() {
    const Bytes payload = returned_unit();
    return *json::parse(*json::record_to_json(created(payload), Digest{}), json::kMaxRecordLine);
}

std::string refusal(const Json& object) {
    const auto read = json::record_from_json(object.dump());
    if (read) return "";
    CHECK(read.error().kind == ErrorKind::invalid_input);
    return read.error().message;
}

std::string refusal_with(const char* name, const Json& value) {
    Json object = good();
    object[name] = value;
    return refusal(object);
}

std::string refusal_without(const char* name) {
    Json object = good();
    object.erase(name);
    return refusal(object);
}

}  // namespace

TEST_CASE("a record's JSON has its members in the order of the reference") {
    const Bytes payload = returned_unit();
    RecordView record = created(payload);
    CHECK(*json::record_to_json(record, std::nullopt) ==
          R"({"position":3,"stream":"quota-q1","version":1,"id":"00000000-0000-0000-0000-000000000001",)"
          R"("type":"quota-returned","schema":1,"occurred_at":"2026-01-02T00:00:00Z",)"
          R"("recorded_at":"2026-01-02T00:00:00.000012Z","actor":"ada","account":"default","command":null,)"
          R"("correlation":null,"causation":null,"previous":null,"data":{"unit":2,"certificate":"k1"}})");
    record.command = "c2";
    record.correlation = "x";
    record.causation.octets[0] = 0xAB;
    record.previous = 2;
    record.command_digest[0] = 0xCD;
    CHECK(*json::record_to_json(record, Digest{}) ==
          R"({"position":3,"stream":"quota-q1","version":1,"id":"00000000-0000-0000-0000-000000000001",)"
          R"("type":"quota-returned","schema":1,"occurred_at":"2026-01-02T00:00:00Z",)"
          R"("recorded_at":"2026-01-02T00:00:00.000012Z","actor":"ada","account":"default","command":"c2",)"
          R"("correlation":"x","causation":"ab000000-0000-0000-0000-000000000000","previous":2,)"
          R"("command_digest":"cd000000000000000000000000000000","data":{"unit":2,"certificate":"k1"},)"
          R"("leaf_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})");
}

TEST_CASE("any record comes back from its line with the same octets, and its leaf hash beside it") {
    Random random(GENERATE(take(6, Catch::Generators::random(0, 1'000'000))));
    for (const EventType type : event_types()) {
        RandomRecord storage;
        fill_random_record(type, random, storage);
        Digest leaf{};
        leaf[0] = static_cast<std::uint8_t>(random.next());
        const auto line = json::record_to_json(storage.view, leaf);
        REQUIRE(line);
        INFO(*line);
        CHECK(line->find('\n') == std::string::npos);
        const auto read = json::record_from_json(*line);
        REQUIRE(read);
        CHECK(read->bytes == encoded(storage.view));
        CHECK(read->leaf_hash == leaf);
        CHECK_FALSE(json::record_from_json(*json::record_to_json(storage.view, std::nullopt))->leaf_hash);
    }
}

TEST_CASE("white space and the order of members do not change a record's octets") {
    const Bytes payload = returned_unit();
    const auto read = json::record_from_json(good().dump(2));
    REQUIRE(read);
    CHECK(read->bytes == encoded(created(payload)));
}

TEST_CASE("a line that is not one record is refused with the member and the rule") {
    CHECK(refusal_with("colour", 1) == "record: colour is unknown here");
    for (const char* name :
         {"position", "stream", "version", "id", "type", "schema", "occurred_at", "recorded_at", "actor",
          "account", "command", "correlation", "causation", "previous", "data"})
        CHECK(refusal_without(name) == "record: " + std::string(name) + " is missing");
    CHECK(refusal_without("leaf_hash").empty());
    CHECK(refusal_with("position", 0) == "record: its position is 0");
    CHECK_FALSE(refusal_with("position", -1).empty());
    CHECK_FALSE(refusal_with("position", 3.0).empty());
    CHECK_FALSE(refusal_with("version", 0).empty());
    CHECK_FALSE(refusal_with("type", "quota-eaten").empty());
    CHECK(refusal_with("schema", 2) == "record: schema must be one of 1 to 1, is 2");
    CHECK(refusal_with("schema", 0) == "record: schema must be one of 1 to 1, is 0");
    CHECK_FALSE(refusal_with("recorded_at", nullptr).empty());
    CHECK_FALSE(refusal_with("leaf_hash", "AAAA").empty());
    CHECK_FALSE(refusal_with("leaf_hash", nullptr).empty());
    CHECK(refusal_with("data", Json::array()) == "record: data must be an object, is an array");
    CHECK(refusal_with("data", {{"unit", 2}}) == "record: data.certificate is missing");
    CHECK(refusal_with("data", {{"unit", 2}, {"certificate", "k"}, {"x", 1}}) ==
          "record: data.x is unknown here");
    CHECK(refusal_with("type", "quota-purchased") == "record: data.count is missing");
    for (const char* line : {"", "null", "[]", "{", "\xFF"}) CHECK_FALSE(json::record_from_json(line));
    CHECK_FALSE(json::record_from_json(R"({"position":1,"position":1})"));
}

TEST_CASE("what a record would not be written as is not read either") {
    CHECK(refusal_with("command", "") == "record: command must be null when there is none");
    CHECK(refusal_with("correlation", "") == "record: correlation must be null when there is none");
    CHECK(refusal_with("causation", "00000000-0000-0000-0000-000000000000") ==
          "record: causation must be null when there is none");
    CHECK(refusal_with("previous", 0) == "record: previous must be null when there is none");
    CHECK(refusal_with("command_digest", std::string(32, '0')) ==
          "record: command_digest must be absent when there is none");
    CHECK_FALSE(refusal_with("command_digest", std::string(30, '1')).empty());
    CHECK_FALSE(refusal_with("command_digest", nullptr).empty());
}

TEST_CASE("a record from JSON keeps to 65,535 octets") {
    CHECK_FALSE(refusal_with("actor", std::string(65'536, 'a')).empty());
    CHECK_FALSE(refusal_with("data", {{"unit", 1}, {"certificate", std::string(65'535, 'a')}}).empty());
    CHECK(refusal_with("data", {{"unit", 1}, {"certificate", std::string(60'000, 'a')}}).empty());
    // The greatest record, and all of its text six times as long in JSON.
    const Bytes payload = encoded(Event(QuotaReturned{1, CertificateId{std::string(65'000, '\x01')}}));
    const RecordView record = created(payload);
    const auto line = json::record_to_json(record, Digest{});
    REQUIRE(line);
    CHECK(json::record_from_json(*line)->bytes == encoded(record));
}

TEST_CASE("a record that is damaged has no JSON") {
    const Bytes wrong{1, 2, 3};
    const auto bad_payload = json::record_to_json(created(wrong), std::nullopt);
    REQUIRE_FALSE(bad_payload);
    CHECK(bad_payload.error().kind == ErrorKind::damaged);
    const Bytes payload = returned_unit();
    RecordView record = created(payload);
    record.actor = "\xFF";
    CHECK(json::record_to_json(record, std::nullopt).error().kind == ErrorKind::damaged);
    record.actor = "ada";
    record.schema = 9;
    CHECK(json::record_to_json(record, std::nullopt).error().kind == ErrorKind::damaged);
}

TEST_CASE("a line with any octet changed is refused or describes another record") {
    const Bytes payload = returned_unit();
    const std::string line = *json::record_to_json(created(payload), Digest{});
    Random random(11);
    for (std::size_t at = 0; at < line.size(); ++at) {
        std::string changed = line;
        changed[at] = static_cast<char>(random.next());
        const auto read = json::record_from_json(changed);
        if (read) REQUIRE(read_record(read->bytes));
    }
}
