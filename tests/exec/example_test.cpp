#include <catch2/catch.hpp>

#include "conversation.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

// The example of the interface's description; the fingerprint alone is filled in.
const std::string kExample =
    R"({"id":"c1","command":"buy-quota","quota":"q1","product":{"brand":"digicert","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD","actor":"ada","occurred_at":"2026-01-01T00:00:00Z"}
{"id":"c2","command":"create-certificate","quota":"q1","certificate":"k1","names":["example.com"],"occurred_at":"2026-01-02T00:00:00Z"}
{"id":"c3","command":"submit-application","certificate":"k1","validation":"dns-manual","contact":{"name":"Ada","mail":"ada@example.com","phone":"+44123456"},"key":"ec-p256","occurred_at":"2026-01-02T00:01:00Z"}
{"id":"c4","command":"record-validation","certificate":"k1","name":"example.com","outcome":"succeeded","occurred_at":"2026-01-02T00:05:00Z"}
{"id":"c5","command":"issue-certificate","certificate":"k1","serial":"0a1b","issuer":"CN=Test CA","not_before":"2026-01-02T00:06:00Z","not_after":"2026-12-31T00:06:00Z","sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","occurred_at":"2026-01-02T00:06:00Z"}
{"id":"c6","command":"request-revocation","certificate":"k1","reason":"superseded","occurred_at":"2026-01-20T00:00:00Z"}
{"id":"c7","command":"record-revocation","certificate":"k1","outcome":"completed","occurred_at":"2026-01-20T00:00:05Z"}
{"id":"c8","query":"certificate","certificate":"k1"}
)";

}  // namespace

TEST_CASE(
    "the example of the interface is answered as it says, positions counted behind the first nine records") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto spoken = converse(ledger, kExample);
    REQUIRE(spoken.outcome);
    CHECK(*spoken.outcome == 8U);
    REQUIRE(spoken.lines.size() == 8);
    CHECK(
        spoken.lines[0] ==
        R"({"id":"c1","ok":true,"position":10,"events":[{"type":"quota-purchased","stream":"quota-q1","version":1,"position":10}]})");
    CHECK(
        spoken.lines[1] ==
        R"({"id":"c2","ok":true,"position":12,"events":[{"type":"quota-consumed","stream":"quota-q1","version":2,"position":11},{"type":"certificate-created","stream":"certificate-k1","version":1,"position":12}],"status":"paid"})");
    CHECK(
        spoken.lines[2] ==
        R"({"id":"c3","ok":true,"position":13,"events":[{"type":"application-submitted","stream":"certificate-k1","version":2,"position":13}],"status":"pending-verification"})");
    CHECK(
        spoken.lines[3] ==
        R"({"id":"c4","ok":true,"position":14,"events":[{"type":"domain-validated","stream":"certificate-k1","version":3,"position":14}],"status":"pending-verification"})");
    CHECK(
        spoken.lines[4] ==
        R"({"id":"c5","ok":true,"position":15,"events":[{"type":"certificate-issued","stream":"certificate-k1","version":4,"position":15}],"status":"issued"})");
    CHECK(
        spoken.lines[5] ==
        R"({"id":"c6","ok":true,"position":16,"events":[{"type":"revocation-requested","stream":"certificate-k1","version":5,"position":16}],"status":"issued"})");
    CHECK(
        spoken.lines[6] ==
        R"({"id":"c7","ok":true,"position":18,"events":[{"type":"certificate-revoked","stream":"certificate-k1","version":6,"position":17},{"type":"refund-granted","stream":"certificate-k1","version":7,"position":18}],"status":"revoked"})");
    const auto row = OrderedJson::parse(spoken.lines[7]);
    CHECK(members(row) == std::vector<std::string>{"id", "ok", "result"});
    CHECK(members(row["result"]) ==
          std::vector<std::string>{"certificate", "account", "names", "names_unicode", "brand", "level",
                                   "kind", "status", "flags", "not_before", "not_after", "days_left",
                                   "serial", "sha256", "targets", "predecessor", "successor", "created_at"});
    CHECK(row["result"]["status"] == "revoked");
    CHECK(row["result"]["not_after"] == "2026-12-31T00:06:00Z");
    CHECK(row["result"]["predecessor"].is_null());
    CHECK(row["result"]["created_at"] == "2026-01-02T00:00:00Z");
}

TEST_CASE("a refusal has its members in the order of the interface") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, kExample).outcome);
    const auto spoken =
        converse(ledger, "{\"id\":\"c9\",\"command\":\"withdraw-application\",\"certificate\":\"k1\"}\n");
    REQUIRE(spoken.lines.size() == 1);
    const auto refused = OrderedJson::parse(spoken.lines[0]);
    CHECK(members(refused) == std::vector<std::string>{"id", "ok", "position", "refusal"});
    CHECK(members(refused["refusal"]) ==
          std::vector<std::string>{"code", "message", "status", "command", "allowed"});
    CHECK(refused["ok"] == false);
    CHECK(refused["position"] == 19);
    CHECK(refused["refusal"]["code"] == "illegal-transition");
    CHECK(refused["refusal"]["status"] == "revoked");
    CHECK(refused["refusal"]["command"] == "withdraw-application");
    CHECK(refused["refusal"]["allowed"].is_array());
}

TEST_CASE("the example given again is replayed line by line and appends nothing") {
    SharedLedger shared;
    std::vector<std::string> first;
    {
        auto ledger = shared.open();
        first = converse(ledger, kExample).lines;
    }
    auto ledger = shared.open();
    const auto again = converse(ledger, kExample);
    REQUIRE(again.lines.size() == 8);
    for (std::size_t i = 0; i < 7; ++i) {
        std::string expected = first[i];
        const std::string ok = "\"ok\":true";
        expected.insert(expected.find(ok) + ok.size(), ",\"replayed\":true");
        CHECK(again.lines[i] == expected);
    }
    CHECK(again.lines[7] == first[7]);
    CHECK(shared.log().head().position == 18);
}

TEST_CASE("ids that were made stand in the answer: certificate, quota, successor") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto quota = answer(
        ledger,
        R"({"id":"a","command":"buy-quota","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD","occurred_at":"2026-01-01T00:00:00Z"})");
    REQUIRE(quota["ok"] == true);
    CHECK(members(quota) == std::vector<std::string>{"id", "ok", "position", "events", "quota"});
    const std::string id = quota["quota"];
    CHECK(quota["events"][0]["stream"] == "quota-" + id);
    const auto made = answer(ledger, R"({"id":"b","command":"create-certificate","quota":")" + id +
                                         R"(","names":["example.com"]})");
    REQUIRE(made["ok"] == true);
    CHECK(members(made) ==
          std::vector<std::string>{"id", "ok", "position", "events", "status", "certificate"});
    CHECK(made["events"][1]["stream"] == "certificate-" + made["certificate"].get<std::string>());
}

TEST_CASE(
    "a renewal answers with the old certificate's status, names its successor and writes in the ruled "
    "order") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, kExample.substr(0, kExample.find("{\"id\":\"c6\""))).outcome);
    const auto renewed = answer(
        ledger,
        R"({"id":"r","command":"renew-certificate","certificate":"k1","pays":{"quota":"q1"},"occurred_at":"2026-12-10T00:00:00Z"})");
    REQUIRE(renewed["ok"] == true);
    CHECK(renewed["status"] == "issued");
    REQUIRE(renewed["events"].size() == 3);
    CHECK(renewed["events"][0]["type"] == "quota-consumed");
    CHECK(renewed["events"][1]["type"] == "renewal-started");
    CHECK(renewed["events"][2]["type"] == "certificate-created");
    CHECK(renewed["events"][2]["stream"] == "certificate-" + renewed["successor"].get<std::string>());
    const auto deleted = answer(ledger, R"({"id":"d","command":"delete-certificate","certificate":")" +
                                            renewed["successor"].get<std::string>() + "\"}");
    CHECK(deleted["status"] == "deleted");
    REQUIRE(deleted["events"].size() == 2);
    CHECK(deleted["events"][0]["type"] == "certificate-deleted");
    CHECK(deleted["events"][1]["type"] == "quota-returned");
    const auto by_term = answer(
        ledger,
        R"({"id":"t","command":"renew-certificate","certificate":"k1","successor":"k2","pays":"term"})");
    REQUIRE(by_term["ok"] == true);
    CHECK_FALSE(by_term.contains("successor"));
    CHECK(by_term["events"][1]["type"] == "certificate-purchased");
}

TEST_CASE("a quick issue writes consumption, certificate and application in one answer") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, kExample.substr(0, kExample.find("{\"id\":\"c2\""))).outcome);
    const auto quick = answer(
        ledger,
        R"({"id":"x","command":"create-certificate","quota":"q1","certificate":"k7","names":["www.example.com"],"quick_issue":true,"validation":"dns-auto","contact":{"name":"Ada","mail":"a@example.com","phone":"+1"},"key_sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"})");
    REQUIRE(quick["ok"] == true);
    REQUIRE(quick["events"].size() == 3);
    CHECK(quick["events"][0]["type"] == "quota-consumed");
    CHECK(quick["events"][1]["type"] == "certificate-created");
    CHECK(quick["events"][2]["type"] == "application-submitted");
    CHECK(quick["status"] == "pending-verification");
}

TEST_CASE("the issue of a successor completes the renewal on its predecessor while that is still issued") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(converse(ledger, kExample.substr(0, kExample.find("{\"id\":\"c6\""))).outcome);
    const std::string rest =
        R"({"id":"r1","command":"renew-certificate","certificate":"k1","successor":"k2","occurred_at":"2026-12-10T00:00:00Z"}
{"id":"r2","command":"submit-application","certificate":"k2","validation":"dns-manual","contact":{"name":"Ada","mail":"ada@example.com","phone":"+44123456"},"key_sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}
{"id":"r3","command":"record-validation","certificate":"k2","name":"example.com","outcome":"succeeded"}
{"id":"r4","command":"issue-certificate","certificate":"k2","serial":"0a1c","issuer":"CN=Test CA","not_before":"2026-12-10T00:00:00Z","not_after":"2026-12-31T00:00:00Z","sha256":"ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}
)";
    const auto spoken = converse(ledger, rest);
    REQUIRE(spoken.lines.size() == 4);
    const auto issued = OrderedJson::parse(spoken.lines[3]);
    REQUIRE(issued["ok"] == true);
    REQUIRE(issued["events"].size() == 2);
    CHECK(issued["events"][0]["type"] == "certificate-issued");
    CHECK(issued["events"][0]["stream"] == "certificate-k2");
    CHECK(issued["events"][1]["type"] == "renewal-completed");
    CHECK(issued["events"][1]["stream"] == "certificate-k1");
    CHECK(issued["status"] == "issued");
}
