#include <catch2/catch.hpp>

#include "conversation.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

const std::string kBuy =
    R"({"id":"a","command":"buy-certificate","certificate":"k1","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"names":["example.com"],"price":"1.00 USD","occurred_at":"2026-01-01T00:00:00Z"})";

}  // namespace

TEST_CASE("a refusal without a stream has status null and lists the creating commands") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto refused = answer(ledger, R"({"id":"x","command":"withdraw-application","certificate":"k9"})");
    CHECK(code(refused) == "unknown-stream");
    CHECK(refused["refusal"]["status"].is_null());
    CHECK(refused["refusal"]["allowed"] ==
          OrderedJson::array({"buy-certificate", "create-certificate", "upload-certificate"}));
}

TEST_CASE("what is allowed goes by status and flags") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(answer(ledger, kBuy)["ok"] == true);
    const auto paid = answer(ledger, R"({"id":"x","command":"withdraw-application","certificate":"k1"})");
    CHECK(paid["refusal"]["allowed"] ==
          OrderedJson::array({"submit-application", "request-refund", "delete-certificate"}));
    REQUIRE(answer(ledger, R"({"id":"d","command":"delete-certificate","certificate":"k1"})")["ok"] == true);
    const auto deleted = answer(ledger, R"({"id":"y","command":"withdraw-application","certificate":"k1"})");
    CHECK(code(deleted) == "deleted");
    CHECK(deleted["refusal"]["status"] == "deleted");
    CHECK(deleted["refusal"]["allowed"].empty());
}

TEST_CASE("another account's certificate is not-authorized, and nothing is told of it") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(answer(ledger, kBuy)["ok"] == true);
    for (const char* line :
         {R"({"id":"x","command":"withdraw-application","certificate":"k1","account":"acme"})",
          R"({"id":"x","query":"certificate","certificate":"k1","account":"acme"})",
          R"({"id":"x","query":"history","certificate":"k1","account":"acme"})",
          R"({"id":"x","query":"progress","certificate":"k1","account":"acme"})",
          R"({"id":"x","query":"refund","certificate":"k1","account":"acme"})"}) {
        INFO(line);
        const auto refused = answer(ledger, line);
        CHECK(code(refused) == "not-authorized");
        CHECK(refused["refusal"]["status"].is_null());
        CHECK(refused["refusal"]["allowed"].empty());
    }
}

TEST_CASE("a line without account is of the account that exec was started for") {
    SharedLedger shared;
    auto ledger = shared.open();
    auto options = as_ada();
    options.account = events::AccountId{"acme"};
    REQUIRE(answer(ledger, kBuy, options)["ok"] == true);
    CHECK(code(answer(ledger, R"({"id":"x","query":"certificate","certificate":"k1"})")) == "not-authorized");
    CHECK(answer(ledger, R"({"id":"x","query":"certificate","certificate":"k1"})",
                 options)["result"]["account"] == "acme");
}

TEST_CASE("a policy for the whole ledger is adopted from the account default alone") {
    SharedLedger shared;
    auto ledger = shared.open();
    const std::string policy =
        R"("command":"adopt-policy","scope":"ledger","policy":{"kind":"term","effective_from":"2026-01-01T00:00:00Z","days_per_year":366},"occurred_at":"2026-01-01T00:00:00Z"})";
    CHECK(code(answer(ledger, R"({"id":"a","account":"acme",)" + policy)) == "not-authorized");
    const auto adopted = answer(ledger, R"({"id":"b",)" + policy);
    REQUIRE(adopted["ok"] == true);
    CHECK(adopted["events"][0]["stream"] == "policy");
    CHECK_FALSE(adopted.contains("status"));
}

TEST_CASE("an id is used once in the ledger, whoever asks and whatever became of it") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(answer(ledger, kBuy)["ok"] == true);
    std::string again = kBuy;
    again.replace(again.find("\"a\""), 3, "\"b\"");
    CHECK(code(answer(ledger, again)) == "already-exists");
    REQUIRE(answer(ledger, R"({"id":"d","command":"delete-certificate","certificate":"k1"})")["ok"] == true);
    const auto deleted = answer(ledger, again);
    CHECK(code(deleted) == "already-exists");
    CHECK(deleted["refusal"]["status"] == "deleted");
    auto options = as_ada();
    options.account = events::AccountId{"acme"};
    const auto other = answer(ledger, again, options);
    CHECK(code(other) == "already-exists");
    CHECK(other["refusal"]["status"].is_null());
}

TEST_CASE("exec takes exact ids only") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(answer(ledger, kBuy)["ok"] == true);
    CHECK(code(answer(ledger, R"({"query":"certificate","certificate":"k"})")) == "unknown-stream");
    CHECK(code(answer(ledger, R"({"query":"certificate","certificate":"example.com"})")) == "unknown-stream");
    CHECK(code(answer(ledger, R"({"id":"x","command":"withdraw-application","certificate":"K1"})")) ==
          "unknown-stream");
}

TEST_CASE("a rejection takes a position like any other event and is no part of the certificate's history") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(answer(ledger, kBuy)["ok"] == true);
    const auto refused = answer(ledger, R"({"id":"x","command":"withdraw-application","certificate":"k1"})");
    CHECK(refused["position"] == 11);
    CHECK(answer(ledger, R"({"query":"history","certificate":"k1"})")["result"]["items"].size() == 1);
    CHECK(answer(ledger, R"({"query":"position"})")["result"]["position"] == 11);
}
