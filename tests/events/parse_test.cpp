#include <catch2/catch.hpp>
#include <certledger/events/json/parse.hpp>

using namespace certledger;
using namespace certledger::events;
using json::Json;

namespace {

std::optional<json::FieldError> document_fault(std::string_view text) {
    const auto document = json::parse_document(text, 1 << 20);
    REQUIRE(document);
    return document->fault;
}

}  // namespace

TEST_CASE("JSON text is read strictly") {
    for (const char* text :
         {"{}", " [1, -2.5e3, true, null, \"\\u00fc\\ud835\\udd18\"] \r\n", "\"a\"", "0", "-0"}) {
        INFO(text);
        CHECK(json::parse(text, 100));
    }
    const std::string wrong[] = {"",
                                 " ",
                                 "{",
                                 "}",
                                 "{\"a\":1",
                                 "{\"a\":1,}",
                                 "[1,]",
                                 "{a:1}",
                                 "{'a':1}",
                                 "{\"a\" 1}",
                                 "nul",
                                 "True",
                                 "01",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "1e",
                                 "0x1",
                                 "NaN",
                                 "Infinity",
                                 "\"a",
                                 "\"\t\"",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\ud800\"",
                                 "\"\\udc00\"",
                                 "\"\\ud800\\u0041\"",
                                 "{}{}",
                                 "{} x",
                                 "{}//",
                                 "/**/{}",
                                 "\"\xFF\"",
                                 "\"\xC0\x80\"",
                                 "\"\xED\xA0\x80\"",
                                 "{}\xFF",
                                 "\xEF\xBB\xBF{}",
                                 std::string("{}\0", 3),
                                 std::string("{}\0x", 4),
                                 std::string("\"\0\"", 3),
                                 std::string("\0{}", 3)};
    for (const std::string& text : wrong) {
        INFO(text);
        const auto read = json::parse(text, 100);
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == ErrorKind::invalid_input);
    }
}

TEST_CASE("an error about text tells the octet and nothing of the text") {
    CHECK(json::parse(R"({"password":"hunter2"x)", 100).error().message ==
          "the text is not JSON in UTF-8: reading stopped at octet 22");
    CHECK(json::parse("[1, 2]", 5).error().message == "the text has 6 octets, must have at most 5");
    CHECK(json::parse("[1,2]", 5));
}

TEST_CASE("a name that stands twice is refused by the top-level name, and the first value stays") {
    const auto document = json::parse_document(R"({"id":"c1","count":1,"count":2,"more":3})", 100);
    REQUIRE(document);
    REQUIRE(document->fault);
    CHECK(document->fault->field == "count");
    CHECK(document->value == Json{{"id", "c1"}, {"count", 1}, {"more", 3}});
    CHECK(document_fault(R"({"a":{"b":1,"c":[{"d":1,"d":{"e":[2]}}]}})")->field == "a");
    CHECK(document_fault(R"({"a":1,"\u0061":2})")->field == "a");
    CHECK(document_fault(R"({"a":1,"b":2,"a":[{"x":[]}],"b":3})")->field == "a");
    CHECK(document_fault(R"([{"a":1,"a":2}])")->field.empty());
    CHECK_FALSE(document_fault(R"({"a":{"a":1},"b":{"a":2},"c":[{"a":1},{"a":2}]})"));
    CHECK(json::parse(R"({"a":1,"a":2})", 100).error().message ==
          "a: the name \"a\" stands twice in one object");
}

TEST_CASE("what stands in the second value of a name is passed over, whatever it is") {
    for (const char* second :
         {R"({"b":1,"b":"x","d":{"e":2}})", R"({"b":1,"b":{"c":[1]},"d":3})", R"([{"b":1,"b":[]},4])",
          R"("x")", R"([[],{}])", R"({"b":{"c":1,"c":[{"d":1,"d":2}]}})"}) {
        INFO(second);
        const auto document =
            json::parse_document(R"({"id":"c1","a":1,"a":)" + std::string(second) + R"(,"z":[5]})", 100);
        REQUIRE(document);
        REQUIRE(document->fault);
        CHECK(document->fault->field == "a");
        CHECK(document->value == Json{{"id", "c1"}, {"a", 1}, {"z", Json::array({5})}});
    }
}

TEST_CASE("nesting is read to 32 levels and refused beyond, whatever its depth") {
    const auto nested = [](std::size_t depth) {
        return R"({"id":"c1","a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') +
               R"(,"z":1})";
    };
    CHECK_FALSE(document_fault(nested(32)));
    CHECK(document_fault(nested(33))->field == "a");
    CHECK(document_fault(nested(100'000))->field == "a");
    CHECK(json::parse_document(nested(100'000), 1 << 20)->value["z"] == 1);
    CHECK_FALSE(json::parse(std::string(100'000, '['), 1 << 20));
    CHECK_FALSE(json::parse(std::string(100'000, '{'), 1 << 20));
}

TEST_CASE("a number beyond every type is a fault of its member") {
    const auto document = json::parse_document(R"({"id":"c1","count":1e999,"more":3})", 100);
    REQUIRE(document);
    CHECK(document->fault->field == "count");
    CHECK(document->value["id"] == "c1");
}
