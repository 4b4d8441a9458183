#include <catch2/catch.hpp>

#include "conversation.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

const std::string kProduct =
    R"("product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1})";

struct Fault {
    const char* line;
    const char* field;
};

/// Every line must be answered with invalid-field about its field.
void check_all(const std::vector<Fault>& faults) {
    SharedLedger shared;
    auto ledger = shared.open();
    for (const auto& [line, name] : faults) {
        INFO(line);
        const auto refused = answer(ledger, line);
        CHECK(code(refused) == "invalid-field");
        CHECK(field(refused) == name);
        CHECK_FALSE(refused.contains("position"));
        CHECK_FALSE(refused.contains("line"));
    }
    CHECK(shared.log().head().position == 9);
}

}  // namespace

TEST_CASE("a line that is no JSON object is answered with its number, and the next is read") {
    SharedLedger shared;
    auto ledger = shared.open();
    const std::string input =
        "{nonsense\n\n[1]\n\"text\"\n7\nnull\n{\"a\":1} x\n\xFF\xFE\n{\"id\":\"\xC3(\"}\n\xEF\xBB\xBF{}\n"
        "{\"query\":\"position\"}\n";
    const auto spoken = converse(ledger, input);
    REQUIRE(spoken.outcome);
    REQUIRE(spoken.lines.size() == 10);
    const std::vector<int> numbers{1, 3, 4, 5, 6, 7, 8, 9, 10};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto refused = OrderedJson::parse(spoken.lines[i]);
        CHECK(members(refused) == std::vector<std::string>{"id", "ok", "line", "refusal"});
        CHECK(refused["id"].is_null());
        CHECK(refused["ok"] == false);
        CHECK(refused["line"] == numbers[i]);
        CHECK(code(refused) == "invalid-field");
    }
    CHECK(OrderedJson::parse(spoken.lines[9])["ok"] == true);
}

TEST_CASE("empty lines are skipped and counted, also those that end in a carriage return") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto spoken = converse(ledger, "\n\r\n{\"query\":\"position\"}\r\n\n?");
    REQUIRE(spoken.outcome);
    REQUIRE(spoken.lines.size() == 2);
    CHECK(OrderedJson::parse(spoken.lines[0])["ok"] == true);
    CHECK(OrderedJson::parse(spoken.lines[1])["line"] == 5);
}

TEST_CASE("an input without lines has no answers") {
    SharedLedger shared;
    auto ledger = shared.open();
    CHECK(converse(ledger, "").lines.empty());
    CHECK(converse(ledger, "\n\n").lines.empty());
}

TEST_CASE("a line over one MiB is answered by its number, one of exactly one MiB is read") {
    SharedLedger shared;
    auto ledger = shared.open();
    const std::string head = "{\"query\":\"position\",\"id\":\"";
    const std::string exact = head + "x\"" + std::string(exec::kMaxLine - head.size() - 3, ' ') + "}";
    REQUIRE(exact.size() == exec::kMaxLine);
    const auto spoken =
        converse(ledger, exact + " \n" + exact + "\n" + std::string(3 * exec::kMaxLine, 'x') + "\n" + exact);
    REQUIRE(spoken.outcome);
    REQUIRE(spoken.lines.size() == 4);
    CHECK(OrderedJson::parse(spoken.lines[0])["line"] == 1);
    CHECK(OrderedJson::parse(spoken.lines[1])["id"] == "x");
    CHECK(OrderedJson::parse(spoken.lines[2])["line"] == 3);
    CHECK(OrderedJson::parse(spoken.lines[3])["ok"] == true);
}

TEST_CASE("a line with a malformed id is still answered about the command that it holds") {
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    const auto refused = answer(ledger, R"({"id":7,"command":"withdraw-application","certificate":"k1"})");
    CHECK(refused["id"].is_null());
    CHECK(field(refused) == "id");
    CHECK(refused["refusal"]["command"] == "withdraw-application");
    CHECK(refused["refusal"]["status"] == "issued");
    CHECK(answer(ledger, R"({"id":7,"query":"list"})")["refusal"]["command"] == "list");
    CHECK(answer(ledger, R"({"id":7,"command":"nothing"})")["refusal"]["command"].is_null());
}

TEST_CASE("a missing or malformed id is answered with null") {
    SharedLedger shared;
    auto ledger = shared.open();
    const std::string rest = R"("command":"withdraw-application","certificate":"k1"})";
    for (const std::string id : {"", R"("id":null,)", R"("id":7,)", R"("id":"",)", R"("id":"t\u00e4st",)",
                                 R"("id":"a\nb",)", R"("id":"a","id":"a",)"}) {
        INFO(id);
        const auto refused = answer(ledger, "{" + id + rest);
        CHECK(refused["id"].is_null());
        CHECK(code(refused) == "invalid-field");
        CHECK(field(refused) == "id");
    }
    const auto longest = answer(ledger, "{\"id\":\"" + std::string(128, '~') + "\"," + rest);
    CHECK(longest["id"] == std::string(128, '~'));
    CHECK(code(longest) == "unknown-stream");
    CHECK(answer(ledger, "{\"id\":\"" + std::string(129, '~') + "\"," + rest)["id"].is_null());
}

TEST_CASE("a query needs no id, but one that is there must be well-formed") {
    SharedLedger shared;
    auto ledger = shared.open();
    CHECK(answer(ledger, R"({"query":"position"})")["id"].is_null());
    CHECK(answer(ledger, R"({"id":"q","query":"position"})")["id"] == "q");
    CHECK(field(answer(ledger, R"({"id":"","query":"position"})")) == "id");
    CHECK(field(answer(ledger, R"({"id":null,"query":"position"})")) == "id");
}

TEST_CASE("both or neither of command and query, and unknown ones, are faults of the line") {
    check_all({
        {R"({"id":"a"})", "command"},
        {R"({"id":"a","command":"withdraw-application","query":"position","certificate":"k1"})", "command"},
        {R"({"id":"a","command":"fly"})", "command"},
        {R"({"id":"a","command":"Buy-Quota"})", "command"},
        {R"({"id":"a","command":7})", "command"},
        {R"({"id":"a","command":null})", "command"},
        {R"({"id":"a","command":"note-renewal-due","certificate":"k1"})", "command"},
        {R"({"id":"a","command":"note-expiry","certificate":"k1","days":7})", "command"},
        {R"({"id":"a","query":"everything"})", "query"},
        {R"({"id":"a","query":["position"]})", "query"},
    });
}

TEST_CASE("unknown fields, missing ones, wrong types, nulls and duplicates are refused by name") {
    check_all({
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","colour":"red"})", "colour"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","Certificate":"k1"})",
         "Certificate"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","force":true})", "force"},
        {R"({"id":"a","command":"withdraw-application"})", "certificate"},
        {R"({"id":"a","command":"withdraw-application","certificate":7})", "certificate"},
        {R"({"id":"a","command":"withdraw-application","certificate":null})", "certificate"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","certificate":"k1"})",
         "certificate"},
        {R"({"id":"a","command":"withdraw-application","certificate":"no good"})", "certificate"},
        {R"({"id":"a","command":"withdraw-application","certificate":""})", "certificate"},
        {R"({"id":"a","command":"delete-certificate","certificate":"k1","force":1})", "force"},
        {R"({"id":"a","command":"delete-certificate","certificate":"k1","force":null})", "force"},
        {R"({"id":"a","command":"refund-quota","quota":"q1","count":3.0})", "count"},
        {R"({"id":"a","command":"refund-quota","quota":"q1","count":"3"})", "count"},
        {R"({"id":"a","command":"refund-quota","quota":"q1","count":0})", "count"},
        {R"({"id":"a","command":"refund-quota","quota":"q1","count":-1})", "count"},
        {R"({"id":"a","command":"refund-quota","quota":"q1","count":99999999999999999999})", "count"},
        {R"({"id":"a","command":"refund-quota","quota":"q1","count":1e999})", "count"},
        {R"({"id":"a","command":"record-validation","certificate":"k1","name":"x.example","outcome":"perhaps"})",
         "outcome"},
        {R"({"id":"a","command":"record-validation","certificate":"k1","name":"x.example","outcome":"failed"})",
         "cause"},
        {R"({"id":"a","command":"record-validation","certificate":"k1","name":"x.example","outcome":"failed","cause":" "})",
         "cause"},
        {R"({"id":"a","command":"request-revocation","certificate":"k1","reason":"privilege-withdrawn"})",
         "reason"},
        {R"({"id":"a","command":"renew-certificate","certificate":"k1","pays":"never"})", "pays"},
        {R"({"id":"a","command":"renew-certificate","certificate":"k1","pays":{}})", "pays"},
        {R"({"id":"a","command":"renew-certificate","certificate":"k1","pays":{"quota":"q1","price":"1.00 USD"}})",
         "pays"},
        {R"({"id":"a","command":"renew-certificate","certificate":"k1","pays":{"quota":7}})", "pays"},
        {R"({"id":"a","command":"renew-certificate","certificate":"k1","pays":{"price":"1 USD"}})", "pays"},
        {R"({"id":"a","command":"pay-refund","certificate":"k1","reference":"r","amount":"1.0 JPY"})",
         "amount"},
        {R"({"id":"a","command":"submit-application","certificate":"k1","validation":"dns-auto","contact":{"name":"Ada","mail":"a","phone":"1","fax":"2"},"key":"ec-p256"})",
         "contact"},
        {R"({"id":"a","command":"submit-application","certificate":"k1","validation":"dns-auto","contact":{"name":7},"key":"ec-p256"})",
         "contact"},
        {R"({"id":"a","command":"submit-application","certificate":"k1","validation":"dns-auto","key":"ec-p256","key_sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"})",
         "key_sha256"},
        {R"({"id":"a","command":"submit-application","certificate":"k1","validation":"dns-auto","key_sha256":"0011"})",
         "key_sha256"},
        {R"({"id":"a","command":"buy-quota","product":{"brand":"x","level":"dv","kind":"single","names_max":1},"count":3,"price":"100.00 USD"})",
         "product"},
        {R"({"id":"a","command":"buy-quota","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1,"colour":1},"count":3,"price":"100.00 USD"})",
         "product"},
        {R"({"id":"a","command":"buy-quota","product":{"brand":"x","brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD"})",
         "product"},
        {R"({"id":"a","command":"buy-quota","product":{"brand":"X","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD"})",
         "product"},
        {R"({"id":"a","command":"buy-quota","product":[],"count":3,"price":"100.00 USD"})", "product"},
        {R"({"id":"a","command":"buy-certificate","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"names":"example.com","price":"1.00 USD"})",
         "names"},
        {R"({"id":"a","command":"buy-certificate","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"names":["example.com",7],"price":"1.00 USD"})",
         "names"},
        {R"({"id":"a","command":"buy-certificate","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"names":["example.com"],"price":"100 USD"})",
         "price"},
        {R"({"id":"a","command":"upload-certificate","certificate_pem":"nonsense"})", "certificate_pem"},
        {R"({"id":"a","command":"adopt-policy","policy":{"kind":"term","effective_from":"2026-01-01T00:00:00Z"}})",
         "policy"},
        {R"({"id":"a","command":"adopt-policy","policy":{"kind":"refund","effective_from":"2026-01-01T00:00:00Z","days":7,"clock":"issue","day":"calendar","zone":"Europe/Atlantis","unissued":"full","ca_initiated":"full"}})",
         "policy"},
        {R"({"id":"a","command":"create-certificate","quota":"q1","names":["example.com"],"validation":"dns-auto"})",
         "validation"},
    });
}

TEST_CASE("dates of a certificate are written without fractions, other times may have them") {
    const std::string issue =
        R"({"id":"a","command":"issue-certificate","certificate":"k1","serial":"1","issuer":"CN=CA","sha256":")" +
        std::string(64, 'a') + R"(",)";
    const std::string tenths =
        issue + R"("not_before":"2026-01-02T00:00:00.0Z","not_after":"2026-03-02T00:00:00Z"})";
    const std::string micros =
        issue + R"("not_before":"2026-01-02T00:00:00Z","not_after":"2026-03-02T00:00:00.000000Z"})";
    check_all({{tenths.c_str(), "not_before"}, {micros.c_str(), "not_after"}});
    SharedLedger shared;
    auto ledger = shared.open();
    issue_one(ledger, "k1", 1);
    CHECK(
        answer(
            ledger,
            R"({"id":"d","command":"enable-hosting","certificate":"k1","occurred_at":"2026-02-03T00:00:00.5Z"})")
            ["ok"] == true);
}

TEST_CASE("spaces of any script are blank, and a password is no part of a target") {
    check_all({
        {"{\"id\":\"a\",\"command\":\"reject-application\",\"certificate\":\"k1\",\"cause\":\"\u00a0 "
         "\u3000\"}",
         "cause"},
        {"{\"id\":\"a\",\"command\":\"reject-application\",\"certificate\":\"k1\",\"cause\":"
         "\"\u200b\ufeff\"}",
         "cause"},
        {R"({"id":"a","command":"deploy-certificate","certificate":"k1","target":"ssh://root:s3cret@host/x"})",
         "target"},
        {R"({"id":"a","command":"record-deployment","certificate":"k1","target":"//u:p@h","outcome":"succeeded"})",
         "target"},
    });
    SharedLedger shared;
    auto ledger = shared.open();
    for (const char* good :
         {"ssh://root@host:22/x", "nginx:/srv/a:b@c", "nginx:/srv//a:b@c", "https://host:443/a@b:c"}) {
        INFO(good);
        CHECK(
            code(answer(ledger, R"({"id":"a","command":"deploy-certificate","certificate":"k1","target":")" +
                                    std::string(good) + R"("})")) == "unknown-stream");
    }
}

TEST_CASE("what every command takes has its form, too") {
    check_all({
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","account":"no good"})", "account"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","account":null})", "account"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","account":""})", "account"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","actor":""})", "actor"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","actor":null})", "actor"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","correlation":""})", "correlation"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","correlation":1})", "correlation"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","occurred_at":"2026-01-01"})",
         "occurred_at"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","occurred_at":"2026-01-01T00:00:00+00:00"})",
         "occurred_at"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","occurred_at":"2026-01-01T00:00:00.1234567Z"})",
         "occurred_at"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","occurred_at":"2026-02-29T00:00:00Z"})",
         "occurred_at"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","occurred_at":1767225600})",
         "occurred_at"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","expected_version":-1})",
         "expected_version"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","expected_version":1.0})",
         "expected_version"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","expected_version":"1"})",
         "expected_version"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","expected_version":null})",
         "expected_version"},
        {R"({"id":"a","command":"withdraw-application","certificate":"k1","as_of":3})", "as_of"},
    });
}

TEST_CASE("queries are read as strictly") {
    check_all({
        {R"({"query":"certificate"})", "certificate"},
        {R"({"query":"certificate","certificate":"no good"})", "certificate"},
        {R"({"query":"certificate","certificate":"k1","colour":"red"})", "colour"},
        {R"({"query":"certificate","certificate":"k1","occurred_at":"2026-01-01T00:00:00Z"})", "occurred_at"},
        {R"({"query":"quota"})", "quota"},
        {R"({"query":"quota","quota":"no good"})", "quota"},
        {R"({"query":"list","status":"lost"})", "status"},
        {R"({"query":"list","limit":0})", "limit"},
        {R"({"query":"list","limit":-1})", "limit"},
        {R"({"query":"list","limit":"10"})", "limit"},
        {R"({"query":"list","cursor":"nonsense"})", "cursor"},
        {R"({"query":"list","domain":"a..b"})", "domain"},
        {R"({"query":"history"})", "certificate"},
        {R"({"query":"history","certificate":"k1","quota":"q1"})", "certificate"},
        {R"({"query":"position","as_of":"yesterday"})", "as_of"},
        {R"({"query":"position","as_of":-1})", "as_of"},
        {R"({"query":"position","as_of":1.5})", "as_of"},
        {R"({"query":"position","as_at":"2026"})", "as_at"},
        {R"({"query":"watch","account":"no good"})", "account"},
    });
}

TEST_CASE("personal data and keys stand in no answer") {
    SharedLedger shared;
    auto ledger = shared.open();
    const std::string line =
        R"({"id":"a","command":"submit-application","certificate":"k1","validation":"dns-auto","contact":{"name":"Ada Secret","mail":7,"phone":"+44"},"key":"ec-p256"})";
    const auto spoken = converse(
        ledger,
        line + "\n" +
            R"({"id":"b","command":"upload-certificate","certificate_pem":"x","private_key_pem":"-----BEGIN PRIVATE KEY-----hush"})" +
            "\n");
    REQUIRE(spoken.lines.size() == 2);
    CHECK(spoken.lines[0].find("Secret") == std::string::npos);
    CHECK(spoken.lines[1].find("hush") == std::string::npos);
}

TEST_CASE("a fault in a line about a certificate tells how the certificate stands") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(answer(ledger,
                   R"({"id":"a","command":"buy-certificate","certificate":"k1",)" + kProduct +
                       R"(,"names":["example.com"],"price":"1.00 USD","occurred_at":"2026-01-01T00:00:00Z"})")
                ["ok"] == true);
    const auto refused =
        answer(ledger, R"({"id":"b","command":"delete-certificate","certificate":"k1","force":7})");
    CHECK(refused["refusal"]["status"] == "paid");
    CHECK(refused["refusal"]["command"] == "delete-certificate");
    CHECK_FALSE(refused["refusal"]["allowed"].empty());
    const auto other = answer(
        ledger, R"({"id":"b","command":"delete-certificate","certificate":"k1","account":"acme","force":7})");
    CHECK(other["refusal"]["status"].is_null());
    CHECK(other["refusal"]["allowed"].empty());
}
