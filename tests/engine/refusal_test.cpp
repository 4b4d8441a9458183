#include <catch2/catch.hpp>
#include <certledger/events/codec.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;
using domain::CommandType;
using events::RefusalCode;

namespace {

struct Recorded {
    std::string stream;
    events::Event event;
};

Recorded recorded(const store::EventStore& log, store::Position position) {
    Recorded found;
    must(log.read_all(position, position,
                      [&](const events::RecordView& record, std::span<const std::uint8_t>) {
                          found = {std::string(record.stream),
                                   must(events::decode_event(record.type, record.schema, record.payload))};
                          return true;
                      }));
    return found;
}

std::vector<CommandType> creating() {
    return {CommandType::buy_certificate, CommandType::create_certificate, CommandType::upload_certificate};
}

}  // namespace

TEST_CASE("a refusal leaves a command-refused event on the companion of the named stream") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    const auto refused = must(ledger.execute(request("b", domain::WithdrawApplication{{"k1"}})));
    REQUIRE_FALSE(refused.ok);
    CHECK(refused.refusal->code == RefusalCode::illegal_transition);
    CHECK(refused.refusal->status == events::Status::paid);
    CHECK(refused.position == 11U);
    CHECK(refused.events.empty());
    const auto left = recorded(shared.log(), 11);
    CHECK(left.stream == "rejection-certificate-k1");
    const auto& event = std::get<events::CommandRefused>(left.event);
    CHECK(event.code == RefusalCode::illegal_transition);
    CHECK(event.command == "withdraw-application");
    CHECK(event.status == events::Status::paid);
}

TEST_CASE("refusals about quotas and policies have their companions too") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto quota =
        must(ledger.execute(request("a", domain::RefundQuota{{"q9"}, std::nullopt}, "2026-01-01T00:00:00Z")));
    CHECK(quota.refusal->code == RefusalCode::unknown_stream);
    CHECK(recorded(shared.log(), *quota.position).stream == "rejection-quota-q9");
    domain::AdoptPolicy adopt;
    adopt.scope = domain::PolicyScope::ledger;
    adopt.policy = {at("1969-01-01T00:00:00Z"), events::TermPolicy{365}};
    const auto policy = must(ledger.execute(request("b", adopt)));
    CHECK(policy.refusal->code == RefusalCode::policy_not_monotone);
    CHECK(recorded(shared.log(), *policy.position).stream == "rejection-policy");
}

TEST_CASE("nothing is left of invalid fields, reused ids, or streams whose id was to be made") {
    SharedLedger shared;
    auto ledger = shared.open();
    CHECK_FALSE(must(ledger.execute(request("a", buy_quota("q1", 0), "2026-01-01T00:00:00Z"))).position);
    CHECK_FALSE(must(ledger.execute(request("b", buy_quota("white space")))).position);
    CHECK_FALSE(must(ledger.execute(request("c", create("q9", std::nullopt)))).position);
    must(ledger.execute(request("d", buy("k1"), "2026-01-01T00:00:00Z")));
    const auto before =
        must(ledger.execute(request("e", domain::RequestRefund{{"k1"}}, "1999-01-01T00:00:00Z")));
    REQUIRE_FALSE(before.ok);
    CHECK(before.refusal->field == "occurred_at");
    CHECK_FALSE(before.position);
    CHECK(shared.log().head().position == 10);
}

TEST_CASE("refusals are not recorded when that is switched off") {
    SharedLedger shared;
    auto options = SharedLedger::simulated();
    options.refusals_recorded = false;
    auto ledger = shared.open(options);
    const auto refused =
        must(ledger.execute(request("a", domain::WithdrawApplication{{"k1"}}, "2026-01-01T00:00:00Z")));
    CHECK(refused.refusal->code == RefusalCode::unknown_stream);
    CHECK_FALSE(refused.position);
    CHECK(shared.log().head().position == 9);
}

TEST_CASE("the checks come in their order: shape, command id, existence, account, deleted, version, rules") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("used", buy("k1"), "2026-01-01T00:00:00Z")));
    auto broken = request("used", domain::RejectApplication{{"k9"}, " "});
    broken.expected_version = store::ExpectedVersion::exact(7);
    CHECK(must(ledger.execute(broken)).refusal->code == RefusalCode::invalid_field);
    broken.command = domain::RejectApplication{{"k9"}, "because"};
    CHECK(must(ledger.execute(broken)).refusal->code == RefusalCode::command_id_reused);
    broken.id = "fresh";
    CHECK(must(ledger.execute(broken)).refusal->code == RefusalCode::unknown_stream);
    broken.command = domain::RejectApplication{{"k1"}, "because"};
    broken.account = events::AccountId{"acme"};
    const auto other = must(ledger.execute(broken));
    CHECK(other.refusal->code == RefusalCode::not_authorized);
    CHECK_FALSE(other.refusal->status);
    CHECK(other.refusal->allowed.empty());
    broken.account = events::AccountId{"default"};
    const auto version = must(ledger.execute(broken));
    CHECK(version.refusal->code == RefusalCode::version_conflict);
    CHECK(version.refusal->field == "expected_version");
    CHECK(version.refusal->status == events::Status::paid);
    CHECK_FALSE(version.refusal->allowed.empty());
    CHECK(version.position);
    broken.expected_version = store::ExpectedVersion::exact(1);
    CHECK(must(ledger.execute(broken)).refusal->code == RefusalCode::illegal_transition);
    must(ledger.execute(request("del", domain::DeleteCertificate{{"k1"}, std::nullopt})));
    broken.expected_version = store::ExpectedVersion::exact(99);
    const auto deleted = must(ledger.execute(broken));
    CHECK(deleted.refusal->code == RefusalCode::deleted);
    CHECK(deleted.refusal->status == events::Status::deleted);
    CHECK(deleted.refusal->allowed.empty());
}

TEST_CASE("an expected version speaks of the named stream, the new one when something is created") {
    SharedLedger shared;
    auto ledger = shared.open();
    auto bought = request("a", buy_quota("q1"), "2026-01-01T00:00:00Z");
    bought.expected_version = store::ExpectedVersion::stream_exists();
    CHECK(must(ledger.execute(bought)).refusal->code == RefusalCode::version_conflict);
    bought.expected_version = store::ExpectedVersion::exact(0);
    CHECK(must(ledger.execute(bought)).ok);
    auto made = request("b", create("q1", "k1"));
    made.expected_version = store::ExpectedVersion::no_stream();
    CHECK(must(ledger.execute(made)).ok);
    auto refunded = request("c", domain::RefundQuota{{"q1"}, 1});
    refunded.expected_version = store::ExpectedVersion::exact(1);
    CHECK(must(ledger.execute(refunded)).refusal->code == RefusalCode::version_conflict);
    refunded.expected_version = store::ExpectedVersion::exact(2);
    CHECK(must(ledger.execute(refunded)).ok);
    auto policy = request(
        "d", domain::AdoptPolicy{std::nullopt, {at("2027-01-01T00:00:00Z"), events::TermPolicy{366}}});
    policy.expected_version = store::ExpectedVersion::no_stream();
    CHECK(must(ledger.execute(policy)).ok);
    policy.id = "e";
    CHECK(must(ledger.execute(policy)).refusal->code == RefusalCode::version_conflict);
    policy.expected_version = store::ExpectedVersion::any();
    CHECK(must(ledger.execute(policy)).ok);
}

TEST_CASE("a refusal about a stream that is not there lists the creating commands") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto unknown =
        must(ledger.execute(request("a", domain::WithdrawApplication{{"k1"}}, "2026-01-01T00:00:00Z")));
    CHECK_FALSE(unknown.refusal->status);
    CHECK(unknown.refusal->allowed == creating());
    auto version = request("b", buy("k1"));
    version.expected_version = store::ExpectedVersion::exact(3);
    CHECK(must(ledger.execute(version)).refusal->allowed == creating());
}

TEST_CASE("an id that is taken is refused, and another account learns nothing but that") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    CHECK(must(ledger.execute(request("b", buy("k1")))).refusal->code == RefusalCode::already_exists);
    auto other = request("c", buy("k1"));
    other.account = events::AccountId{"acme"};
    const auto refused = must(ledger.execute(other));
    CHECK(refused.refusal->code == RefusalCode::already_exists);
    CHECK_FALSE(refused.refusal->status);
    CHECK(refused.refusal->allowed.empty());
}

TEST_CASE("account, actor, command id and correlation have their forms") {
    SharedLedger shared;
    auto ledger = shared.open();
    const auto field_of = [&](engine::Request broken) {
        return must(ledger.execute(std::move(broken))).refusal->field;
    };
    auto broken = request("a", buy_quota("q1"), "2026-01-01T00:00:00Z");
    broken.id = "t\xC3\xA4st";
    CHECK(field_of(broken) == "id");
    broken.id = std::string(129, 'a');
    CHECK(field_of(broken) == "id");
    broken.id = std::string(128, '~');
    broken.account.value = "no/slash";
    CHECK(field_of(broken) == "account");
    broken.account.value = "acme";
    broken.actor = "";
    CHECK(field_of(broken) == "actor");
    broken.actor = std::string(129, 'a');
    CHECK(field_of(broken) == "actor");
    broken.actor = "J\xC3\xBCrgen";
    broken.correlation = std::string(257, 'a');
    CHECK(field_of(broken) == "correlation");
    broken.correlation = "order 7";
    CHECK(must(ledger.execute(broken)).ok);
}

TEST_CASE("names that make an event longer than a record may be are refused, not written") {
    SharedLedger shared;
    auto ledger = shared.open();
    domain::BuyCertificate command = buy("k1");
    command.product.kind = events::Kind::multi;
    command.product.names_max = 250;
    command.names.clear();
    const std::string label(60, 'a');
    for (int i = 0; i < 250; ++i) {
        command.names.push_back("n" + std::to_string(i) + "." + label + "." + label + "." + label +
                                ".example.com");
    }
    const auto refused = must(ledger.execute(request("a", command, "2026-01-01T00:00:00Z")));
    REQUIRE_FALSE(refused.ok);
    CHECK(refused.refusal->code == RefusalCode::invalid_field);
    CHECK(refused.refusal->field == "names");
    CHECK(must(ledger.certificate({"k1"}))->exists() == false);
    CHECK(shared.log().head().position == 9);
}
