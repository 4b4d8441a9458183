#include <catch2/catch.hpp>
#include <set>

#include "conversation.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

OrderedJson schema_of(const std::string& title) {
    const auto whole = exec::schema();
    for (const auto& one : whole["oneOf"]) {
        if (one["title"] == title) return one;
    }
    throw std::runtime_error("no schema of " + title);
}

std::set<std::string> properties(const OrderedJson& schema) {
    const auto names = members(schema["properties"]);
    return {names.begin(), names.end()};
}

}  // namespace

TEST_CASE("the schema has every command that can be given from outside and every query") {
    std::set<std::string> titles;
    const auto whole = exec::schema();
    for (const auto& one : whole["oneOf"]) titles.insert(one["title"].get<std::string>());
    for (const auto& entry : events::EnumTraits<domain::CommandType>::entries) {
        CHECK(titles.contains(std::string(entry.name)) == domain::from_outside(entry.value));
    }
    for (const char* query :
         {"certificate", "list", "progress", "refund", "refunds", "quota", "history", "watch", "position"}) {
        CHECK(titles.contains("query " + std::string(query)));
    }
}

TEST_CASE("a command's schema lists its fields, what is needed of them, and nothing else") {
    const auto schema = schema_of("deploy-certificate");
    CHECK(properties(schema) == std::set<std::string>{"id", "account", "actor", "correlation", "occurred_at",
                                                      "expected_version", "command", "certificate", "target",
                                                      "force"});
    const auto required = schema["required"].get<std::set<std::string>>();
    CHECK(required == std::set<std::string>{"id", "command", "certificate", "target"});
    CHECK(schema["additionalProperties"] == false);
    CHECK(schema["properties"]["command"]["const"] == "deploy-certificate");
}

TEST_CASE("the schema of a renewal shows the three ways to pay") {
    CHECK(schema_of("renew-certificate")["properties"]["pays"]["oneOf"].size() == 3);
}

TEST_CASE("the schema of a query takes a moment and needs no id") {
    const auto schema = schema_of("query list");
    CHECK(properties(schema) == std::set<std::string>{"id", "account", "actor", "correlation", "as_of",
                                                      "as_at", "query", "status", "domain", "limit",
                                                      "cursor"});
    CHECK(schema["required"] == OrderedJson::array({"query"}));
}
