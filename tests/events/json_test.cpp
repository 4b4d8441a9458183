#include <catch2/catch.hpp>
#include <certledger/events/json/archive.hpp>
#include <certledger/events/json/event_json.hpp>
#include <certledger/events/json/json_schema.hpp>
#include <certledger/events/json/parse.hpp>

#include "samples.hpp"

using namespace certledger;
using namespace certledger::events;
using namespace certledger::testing;
using json::Json;
using json::OrderedJson;

namespace {

/// A number or a word: a type with a JSON form of its own.
struct Expected {
    std::int64_t version = -1;
    friend bool operator==(const Expected&, const Expected&) = default;
};

/// A command as a program would describe it.
struct Command {
    std::string certificate;
    std::int64_t count = 0;
    std::uint8_t small = 0;
    bool force = false;
    Level level = Level::dv;
    Instant at;
    Money price;
    Digest sha256{};
    Product product;
    std::vector<std::string> names;
    std::vector<DomainName> domains;
    std::optional<DomainName> contact;
    std::optional<Expected> expected;
    std::optional<Bytes> csr;
    std::optional<Uuid> cause;
    std::optional<Policy> policy;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("count", count) & make_nvp("small", small) &
            make_nvp("force", force) & make_nvp("level", level) & make_nvp("at", at) &
            make_nvp("price", price) & make_nvp("sha256", sha256) & make_nvp("product", product) &
            make_nvp("names", names) & make_nvp("domains", domains) & make_nvp("contact", contact) &
            make_nvp("expected", expected) & make_nvp("csr", csr) & make_nvp("cause", cause) &
            make_nvp("policy", policy);
    }
};

/// The only kind of description that could go on for ever.
struct Tree {
    std::vector<Tree> branches;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("branches", branches);
    }
};

constexpr std::string_view kGood = R"({
  "certificate": "k1", "count": 3, "small": 255, "force": false, "level": "ov", "at": "2026-01-02T00:00:00Z",
  "price": "100.00 USD", "sha256": "00000000000000000000000000000000000000000000000000000000000000ff",
  "product": {"level": "dv", "kind": "single", "names_max": 1, "term_years": 1, "brand": "digicert"},
  "names": ["a", "b"], "domains": [{"ascii": "a", "unicode": "ä"}]})";

Json good() { return *json::parse(kGood, 4096); }

}  // namespace

template <>
struct certledger::events::json::JsonValue<Expected> {
    static OrderedJson write(const Expected& value) {
        return value.version < 0 ? OrderedJson("any") : OrderedJson(value.version);
    }
    static tl::expected<Expected, std::string> read(const Json& value) {
        if (value == "any") return Expected{};
        if (value.is_number_integer()) return Expected{value.get<std::int64_t>()};
        return tl::make_unexpected(must_be("a version or \"any\"", value));
    }
    static OrderedJson schema() { return {{"type", {"integer", "string"}}}; }
};

namespace {

json::FieldError fault_of(const Json& object) {
    const auto command = json::from_json<Command>(object);
    if (command) return {"", "taken"};
    return command.error();
}

/// The fault when one member is replaced.
json::FieldError fault_with(const std::string& name, const Json& value) {
    Json object = good();
    object[name] = value;
    return fault_of(object);
}

}  // namespace

TEST_CASE("a described struct is read from JSON with every kind of field") {
    const auto command = json::from_json<Command>(good());
    REQUIRE(command);
    CHECK(command->certificate == "k1");
    CHECK(command->count == 3);
    CHECK(command->small == 255);
    CHECK(command->level == Level::ov);
    CHECK(command->price == Money{10'000, {}});
    CHECK(command->sha256.back() == 0xFF);
    CHECK(command->product.brand == "digicert");
    CHECK(command->names == std::vector<std::string>{"a", "b"});
    CHECK(command->domains.front().unicode == "ä");
    CHECK_FALSE(command->contact);
    CHECK_FALSE(command->expected);
    Json object = good();
    object["expected"] = 7;
    object["csr"] = "MAMCAQE=";
    object["policy"] = {{"effective_from", "2026-01-01T00:00:00Z"}, {"kind", "notices"}, {"days", {30, 7}}};
    const auto more = json::from_json<Command>(object);
    INFO((more ? "" : more.error().message));
    REQUIRE(more);
    CHECK(more->expected == Expected{7});
    CHECK(more->csr == Bytes{0x30, 0x03, 0x02, 0x01, 0x01});
    CHECK(more->policy->terms == PolicyTerms(NoticesPolicy{{30, 7}}));
}

TEST_CASE("unknown and missing members are refused by name") {
    CHECK(fault_with("colour", 1) == json::FieldError{"colour", "colour is unknown here"});
    const Json whole = good();
    for (const auto& [name, value] : whole.items()) {
        Json object = whole;
        object.erase(name);
        CHECK(fault_of(object) == json::FieldError{name, name + " is missing"});
    }
    Json object = good();
    object["id"] = "c1";
    object["command"] = 5;
    CHECK(json::from_json<Command>(object, {"id", "command", "actor"}));
    CHECK(json::from_json<Command>(object, {"id"}).error().field == "command");
    CHECK(fault_of(Json::array()).field.empty());
    CHECK(fault_of("text").message == "the document must be an object, is a string");
}

TEST_CASE("faults below the top level name the top-level member and the path") {
    Json object = good();
    object["product"]["names_max"] = "3";
    CHECK(fault_of(object).field == "product");
    CHECK(fault_of(object).message.find("product.names_max must be an integer from ") == 0);
    object = good();
    object["product"]["colour"] = 1;
    CHECK(fault_of(object) == json::FieldError{"product", "product.colour is unknown here"});
    object["product"].erase("colour");
    object["product"].erase("kind");
    CHECK(fault_of(object) == json::FieldError{"product", "product.kind is missing"});
    object = good();
    object["domains"][1] = {{"ascii", "b"}, {"unicode", 1}};
    CHECK(fault_of(object) ==
          json::FieldError{"domains", "domains[1].unicode must be a string, is an integer"});
    // What the caller allows on top is allowed there only.
    object = good();
    object["product"]["id"] = 1;
    CHECK(json::from_json<Command>(object, {"id"}).error().message == "product.id is unknown here");
}

TEST_CASE("a description that contains itself is read to a bounded depth") {
    Json tree{{"branches", Json::array()}};
    CHECK(json::from_json<Tree>(tree));
    for (int depth = 0; depth < 10; ++depth) tree = Json{{"branches", Json::array({tree})}};
    CHECK(json::from_json<Tree>(tree));
    for (int depth = 0; depth < 100; ++depth) tree = Json{{"branches", Json::array({tree})}};
    const auto fault = json::from_json<Tree>(tree);
    REQUIRE_FALSE(fault);
    CHECK(fault.error().field == "branches");
    CHECK(fault.error().message.find("is nested too deep") != std::string::npos);
}

TEST_CASE("null is nowhere a value") {
    for (const char* name : {"certificate", "count", "force", "level", "at", "price", "sha256", "product",
                             "names", "contact", "expected", "csr", "cause", "policy"}) {
        const auto fault = fault_with(name, nullptr);
        CHECK(fault.field == name);
        CHECK(fault.message.find("null") != std::string::npos);
    }
}

TEST_CASE("integers are integers, inside the bounds of their type") {
    for (const char* text : {"3.0", "3e0", "1.5", "9223372036854775808", "-9223372036854775809", "1e3",
                             "99999999999999999999999", "true", "\"3\"", "[3]", "{}"}) {
        INFO(text);
        CHECK(fault_with("count", *json::parse(text, 100)).field == "count");
    }
    for (const char* text : {"0", "-0", "9223372036854775807", "-9223372036854775808"}) {
        INFO(text);
        CHECK(fault_with("count", *json::parse(text, 100)).message == "taken");
    }
    CHECK(fault_with("small", 256).message == "small must be an integer from 0 to 255, is 256");
    CHECK(fault_with("small", -1).message == "small must be an integer from 0 to 255, is -1");
}

TEST_CASE("every value type refuses what it is not") {
    CHECK(fault_with("force", 0).message == "force must be true or false, is an integer");
    CHECK(fault_with("force", "true").field == "force");
    CHECK(fault_with("level", "DV").message == "level must be one of dv, ov, ev, is \"DV\"");
    CHECK(fault_with("level", 1).field == "level");
    CHECK(fault_with("at", "2026-01-02").field == "at");
    CHECK(fault_with("at", 1'767'312'000).field == "at");
    CHECK(fault_with("price", "100 USD").field == "price");
    CHECK(fault_with("price", 100).field == "price");
    CHECK(fault_with("sha256", "00").field == "sha256");
    CHECK(fault_with("sha256", std::string(64, 'g')).field == "sha256");
    CHECK(fault_with("names", "a").message == "names must be an array, is a string");
    CHECK(fault_with("names", {"a", 1}).message == "names[1] must be a string, is an integer");
    CHECK(fault_with("names", Json::object()).field == "names");
    CHECK(fault_with("product", Json::array()).message == "product must be an object, is an array");
    CHECK(fault_with("expected", "some").message == "expected must be a version or \"any\", is a string");
    CHECK(fault_with("csr", "MA=").field == "csr");
    CHECK(fault_with("cause", "1").field == "cause");
    CHECK(fault_with("policy", {{"effective_from", "2026-01-01T00:00:00Z"}}).message ==
          "policy.kind is missing");
    CHECK(fault_with("policy", {{"effective_from", "2026-01-01T00:00:00Z"}, {"kind", "term"}, {"days", {1}}})
              .message == "policy.days_per_year is missing");
    CHECK(fault_with("policy", {{"effective_from", "2026-01-01T00:00:00Z"},
                                {"kind", "term"},
                                {"days_per_year", 365},
                                {"days", {1}}})
              .message == "policy.days is unknown here");
}

TEST_CASE("a message shows no text of fields that may hold secrets, and long text is cut") {
    CHECK(fault_with("csr", "-----BEGIN PRIVATE KEY-----").message.find("BEGIN") == std::string::npos);
    CHECK(fault_with("certificate", {"ada@example.com"}).message.find("ada") == std::string::npos);
    CHECK(fault_with("level", std::string(5'000, 'x')).message.size() < 200);
    CHECK(fault_with("level", "\n\"ü").message == R"(level must be one of dv, ov, ev, is "\n\"\u00fc")");
}

TEST_CASE("an event of any type comes back from its JSON, also through text") {
    Random random(GENERATE(take(6, Catch::Generators::random(0, 1'000'000))));
    for (const EventType type : event_types()) {
        const Event event = random_event(type, random);
        const unsigned schema = schema_of(event);
        const std::string text = json::event_to_json(event, schema).dump();
        INFO(to_name(type) << " " << text);
        const auto read = json::parse(text, 1 << 20);
        REQUIRE(read);
        const auto back = json::event_from_json(type, schema, *read);
        REQUIRE(back);
        REQUIRE(same(*back, event));
    }
}

TEST_CASE("an event's JSON with a member more, less or null is refused by that member's name") {
    for (const EventType type : event_types()) {
        const Event event = sample_events(type).front();
        const unsigned schema = schema_of(event);
        const Json whole = *json::parse(json::event_to_json(event, schema).dump(), 1 << 20);
        const OrderedJson description = json::event_json_schema(type);
        Json more = whole;
        more["unheard_of"] = 1;
        INFO(to_name(type));
        CHECK(json::event_from_json(type, schema, more).error().field == "unheard_of");
        for (const auto& [name, value] : whole.items()) {
            Json changed = whole;
            changed[name] = nullptr;
            CHECK(json::event_from_json(type, schema, changed).error().field == name);
            changed.erase(name);
            const auto& required = description.at("required");
            const bool needed = std::find(required.begin(), required.end(), name) != required.end();
            CHECK(json::event_from_json(type, schema, changed).has_value() != needed);
        }
    }
}

TEST_CASE("the JSON form writes each kind of value as the reference says") {
    Command command = *json::from_json<Command>(good());
    command.expected = Expected{};
    command.policy = Policy{Instant{}, RenewalPolicy{30}};
    CHECK(
        json::to_json_object(command).dump() ==
        R"({"certificate":"k1","count":3,"small":255,"force":false,"level":"ov","at":"2026-01-02T00:00:00Z",)"
        R"("price":"100.00 USD","sha256":"00000000000000000000000000000000000000000000000000000000000000ff",)"
        R"("product":{"level":"dv","kind":"single","names_max":1,"term_years":1,"brand":"digicert"},)"
        R"("names":["a","b"],"domains":[{"ascii":"a","unicode":"ä"}],"expected":"any",)"
        R"("policy":{"effective_from":"1970-01-01T00:00:00Z","kind":"renewal","window_days":30}})");
}

TEST_CASE("the JSON Schema says what the reader takes") {
    const OrderedJson schema = json::json_schema<Command>("command");
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["title"] == "command");
    CHECK(schema["type"] == "object");
    CHECK(schema["additionalProperties"] == false);
    CHECK(schema["required"] == OrderedJson{"certificate", "count", "small", "force", "level", "at", "price",
                                            "sha256", "product", "names", "domains"});
    const auto& members = schema["properties"];
    CHECK(members.size() == 16);
    CHECK(members["small"].dump() == R"({"type":"integer","minimum":0,"maximum":255})");
    CHECK(members["force"].dump() == R"({"type":"boolean"})");
    CHECK(members["level"].dump() == R"({"enum":["dv","ov","ev"]})");
    CHECK(members["at"]["format"] == "date-time");
    CHECK(members["names"].dump() == R"({"type":"array","items":{"type":"string"}})");
    CHECK(members["product"]["additionalProperties"] == false);
    CHECK(members["domains"]["items"]["required"].dump() == R"(["ascii","unicode"])");
    CHECK(members["expected"].dump() == R"({"type":["integer","string"]})");
    const auto& policies = members["policy"]["oneOf"];
    REQUIRE(policies.size() == 8);
    CHECK(policies[3].dump() ==
          R"({"type":"object","properties":{"effective_from":)" + members["at"].dump() +
              R"(,"kind":{"const":"renewal"},"window_days":{"type":"integer","minimum":-9223372036854775808,)"
              R"("maximum":9223372036854775807}},"required":["effective_from","kind","window_days"],)"
              R"("additionalProperties":false})");
    json::SchemaArchive common;
    common.add("id", {{"type", "string"}}, true);
    common.add("actor", {{"type", "string"}}, false);
    const OrderedJson with_common = json::json_schema<DomainName>("a name", common);
    CHECK(with_common["required"].dump() == R"(["id","ascii","unicode"])");
    CHECK(with_common["properties"].contains("actor"));
}
