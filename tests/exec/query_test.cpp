#include <catch2/catch.hpp>

#include "conversation.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

const std::string kProduct =
    R"("product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1})";

std::string buy_line(const std::string& id, const std::string& name, const std::string& time) {
    return R"({"id":"b-)" + id + R"(","command":"buy-certificate","certificate":")" + id + R"(",)" +
           kProduct + R"(,"names":[")" + name + R"("],"price":"1.00 USD","occurred_at":")" + time + "\"}\n";
}

/// k1 on the first, k2 on the second of January; k2 refused something on the third.
std::string two_certificates() {
    return buy_line("k1", "a.example.com", "2026-01-01T00:00:00Z") +
           buy_line("k2", "b.example.org", "2026-01-02T00:00:00Z") +
           "{\"id\":\"w\",\"command\":\"withdraw-application\",\"certificate\":\"k2\",\"occurred_at\":\"2026-"
           "01-03T00:00:00Z\"}\n";
}

}  // namespace

TEST_CASE("a query sees every command before it in the input and none behind it") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto spoken = converse(ledger, R"({"query":"certificate","certificate":"k1"})" + std::string("\n") +
                                             buy_line("k1", "a.example.com", "2026-01-01T00:00:00Z") +
                                             R"({"query":"certificate","certificate":"k1"})" + "\n");
    REQUIRE(spoken.lines.size() == 3);
    CHECK(code(OrderedJson::parse(spoken.lines[0])) == "unknown-stream");
    CHECK(OrderedJson::parse(spoken.lines[2])["result"]["names"] == OrderedJson::array({"a.example.com"}));
}

TEST_CASE("the list is filtered, paged and says the position that it speaks of") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, two_certificates()).outcome);
    const auto all = answer(ledger, R"({"query":"list"})")["result"];
    CHECK(members(all) == std::vector<std::string>{"items", "next", "as_of"});
    CHECK(all["items"].size() == 2);
    CHECK(all["next"].is_null());
    CHECK(all["as_of"] == 12);
    const auto page = answer(ledger, R"({"query":"list","limit":1})")["result"];
    REQUIRE(page["items"].size() == 1);
    CHECK(page["items"][0]["certificate"] == "k1");
    const auto rest =
        answer(ledger, R"({"query":"list","limit":1,"cursor":)" + page["next"].dump() + "}")["result"];
    REQUIRE(rest["items"].size() == 1);
    CHECK(rest["items"][0]["certificate"] == "k2");
    CHECK(answer(ledger, R"({"query":"list","domain":"*.EXAMPLE.org"})")["result"]["items"].size() == 1);
    CHECK(answer(ledger, R"({"query":"list","domain":"a.example.com"})")["result"]["items"].size() == 1);
    CHECK(answer(ledger, R"({"query":"list","status":"issued"})")["result"]["items"].empty());
    CHECK(answer(ledger, R"({"query":"list","status":"paid"})")["result"]["items"].size() == 2);
    CHECK(answer(ledger, R"({"query":"list","account":"acme"})")["result"]["items"].empty());
}

TEST_CASE("a cursor that is none is refused in UTF-8, however long it is") {
    SharedLedger shared;
    auto ledger = shared.open();
    for (const std::size_t length : {1, 31, 63, 64, 65, 500}) {
        std::string cursor = "a";
        for (std::size_t i = 0; i < length; ++i) cursor += "\u00e9";
        const auto refused = answer(ledger, R"({"id":"a","query":"list","cursor":")" + cursor + R"("})");
        CHECK(code(refused) == "invalid-field");
        CHECK(events::well_formed_utf8(refused["refusal"]["message"].get<std::string>()));
    }
}

TEST_CASE("the list is searched by names in whatever form they are written") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto order = [&](const std::string& id, const std::string& name) {
        return R"({"id":"b-)" + id + R"(","command":"buy-certificate","certificate":")" + id +
               R"(","product":{"brand":"x","level":"ov","kind":"single","names_max":1,"term_years":1},"names":[")" +
               name + R"("],"price":"1.00 USD"})" + "\n";
    };
    REQUIRE(converse(ledger, order("four", "192.0.2.1") + order("six", "2001:db8::1") +
                                 order("unicode", "例え.jp") + order("plain", "www.example.com"))
                .outcome);
    const auto found = [&](const std::string& domain) {
        std::string ids;
        const auto listed = answer(ledger, R"({"query":"list","domain":")" + domain + "\"}");
        for (const auto& item : listed["result"]["items"])
            ids += item["certificate"].get<std::string>() + " ";
        return ids;
    };
    CHECK(found("192.0.2.1") == "four ");
    CHECK(found("2001:DB8:0:0:0:0:0:1") == "six ");
    CHECK(found("例え。jp") == "unicode ");
    CHECK(found("*.JP.") == "unicode ");
    CHECK(found("www.EXAMPLE.com.") == "plain ");
    CHECK(found("*.Example.com.") == "plain ");
    CHECK(found("*.com") == "plain ");
    for (const char* bad : {"", "*", "*.", "a b", "2001:db8::g", "*.*.com", "192.0.2.256"}) {
        INFO(bad);
        const auto refused = answer(ledger, std::string(R"({"query":"list","domain":")") + bad + "\"}");
        CHECK(code(refused) == "invalid-field");
        CHECK(field(refused) == "domain");
    }
}

TEST_CASE("a query as of a position or a recorded time knows nothing later") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, two_certificates()).outcome);
    const auto size = [&](const std::string& as_of) {
        return answer(ledger, R"({"query":"list","as_of":)" + as_of + "}")["result"]["items"].size();
    };
    CHECK(size("9") == 0);
    CHECK(size("10") == 1);
    CHECK(size("11") == 2);
    CHECK(size("4711") == 2);
    CHECK(size("\"10\"") == 1);
    CHECK(size("\"2026-01-01T00:00:00Z\"") == 1);
    CHECK(size("\"2026-01-02T00:00:00Z\"") == 2);
    CHECK(size("\"2025-01-01T00:00:00Z\"") == 0);
    auto options = as_ada();
    options.as_of = "10";
    CHECK(answer(ledger, R"({"query":"list"})", options)["result"]["items"].size() == 1);
    CHECK(answer(ledger, R"({"query":"list","as_of":11})", options)["result"]["items"].size() == 2);
    options.as_of = "tomorrow";
    const auto refused = converse(ledger, "{\"query\":\"list\"}\n", options);
    REQUIRE_FALSE(refused.outcome);
    CHECK(refused.outcome.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a query as at an effective time knows what had happened by then") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, two_certificates()).outcome);
    CHECK(answer(ledger, R"({"query":"list","as_at":"2026-01-01T12:00:00Z"})")["result"]["items"].size() ==
          1);
}

TEST_CASE("the position is that of the log's end, with the root over it") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, two_certificates()).outcome);
    const auto end = answer(ledger, R"({"query":"position"})")["result"];
    CHECK(members(end) == std::vector<std::string>{"position", "root"});
    CHECK(end["position"] == 12);
    CHECK(end["root"] == events::to_base64(must(shared.log().tree_head(12)).root));
    const auto earlier = answer(ledger, R"({"query":"position","as_of":10})")["result"];
    CHECK(earlier["position"] == 10);
    CHECK(earlier["root"] == events::to_base64(must(shared.log().tree_head(10)).root));
}

TEST_CASE(
    "a history has the events of one stream, with their data and leaf hashes, also of a deleted "
    "certificate") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, two_certificates()).outcome);
    REQUIRE(answer(ledger, R"({"id":"d","command":"delete-certificate","certificate":"k1"})")["ok"] == true);
    const auto events = answer(ledger, R"({"query":"history","certificate":"k1"})")["result"]["items"];
    REQUIRE(events.size() == 2);
    CHECK(events[0]["type"] == "certificate-purchased");
    CHECK(events[0]["position"] == 10);
    CHECK(events[0]["command"] == "b-k1");
    CHECK(events[0]["actor"] == "ada");
    CHECK(events[0]["data"]["names"][0]["ascii"] == "a.example.com");
    CHECK(events[0]["leaf_hash"].get<std::string>().size() == 44);
    CHECK(events[1]["type"] == "certificate-deleted");
    CHECK(code(answer(ledger, R"({"query":"certificate","certificate":"k1"})")) == "deleted");
    CHECK(code(answer(ledger, R"({"query":"progress","certificate":"k1"})")) == "deleted");
    CHECK(answer(ledger, R"({"query":"history","certificate":"k2"})")["result"]["items"].size() == 1);
    CHECK(code(answer(ledger, R"({"query":"history","certificate":"k9"})")) == "unknown-stream");
}

TEST_CASE("quota, refunds, refund, progress and watch answer with their views") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, two_certificates()).outcome);
    REQUIRE(answer(ledger, R"({"id":"q","command":"buy-quota","quota":"q1",)" + kProduct +
                               R"(,"count":3,"price":"100.00 USD"})")["ok"] == true);
    const auto quota = answer(ledger, R"({"query":"quota","quota":"q1"})")["result"];
    CHECK(members(quota) == std::vector<std::string>{"quota", "account", "product", "count", "price",
                                                     "bought", "consumed", "returned", "refunded", "free"});
    CHECK(quota["free"] == 3);
    REQUIRE(answer(ledger, R"({"id":"r","command":"request-refund","certificate":"k1"})")["ok"] == true);
    const auto refund = answer(ledger, R"({"query":"refund","certificate":"k1"})")["result"];
    CHECK(refund["certificate"] == "k1");
    CHECK(refund["state"] == "granted");
    CHECK(refund["amount"] == "1.00 USD");
    const auto refunds = answer(ledger, R"({"query":"refunds"})")["result"];
    CHECK(refunds["totals"][0]["currency"] == "USD");
    CHECK(refunds["totals"][0]["amount"] == "1.00 USD");
    const auto progress = answer(ledger, R"({"query":"progress","certificate":"k2"})")["result"];
    CHECK(progress["steps"][0]["step"] == "purchase");
    CHECK(answer(ledger, R"({"query":"watch"})")["result"]["items"].is_array());
}

TEST_CASE("a refused query names what was asked and leaves nothing in the log") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto refused = answer(ledger, R"({"id":"x","query":"quota","quota":"q9"})");
    CHECK(members(refused) == std::vector<std::string>{"id", "ok", "refusal"});
    CHECK(code(refused) == "unknown-stream");
    CHECK(refused["refusal"]["status"].is_null());
    CHECK(shared.log().head().position == 9);
}
