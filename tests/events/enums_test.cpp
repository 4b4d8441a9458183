#include <catch2/catch.hpp>
#include <certledger/events/canonical.hpp>
#include <certledger/events/event_types.hpp>
#include <certledger/events/policy.hpp>
#include <certledger/events/refusal_code.hpp>
#include <set>

using namespace certledger::events;

namespace {

bool kebab(std::string_view name) {
    if (name.empty() || name.front() == '-' || name.back() == '-') return false;
    for (const char c : name) {
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return name.find("--") == std::string_view::npos;
}

}  // namespace

TEMPLATE_TEST_CASE("names are unique and kebab-case, codes unique and not 0, and both lead back", "", Level,
                   Kind, ValidationMethod, KeyAlgorithm, KeySource, RevocationReason, DownloadFormat, Status,
                   RefundClock, DayRule, UnissuedRule, CaInitiatedRule, RefundReason, RenewalPayment,
                   PolicyKind, RefusalCode, EventType) {
    std::set<std::string_view> names;
    std::set<unsigned> codes;
    for (const auto& entry : EnumTraits<TestType>::entries) {
        const auto code = static_cast<std::uint16_t>(entry.value);
        CHECK(kebab(entry.name));
        CHECK(code != 0);
        CHECK(names.insert(entry.name).second);
        CHECK(codes.insert(code).second);
        CHECK(to_name(entry.value) == entry.name);
        CHECK(from_name<TestType>(entry.name) == entry.value);
        CHECK(from_code<TestType>(code) == entry.value);
        CHECK(*decode<TestType>(encode(entry.value)) == entry.value);
    }
    CHECK_FALSE(from_name<TestType>(""));
    CHECK_FALSE(from_name<TestType>("Nothing"));
    CHECK_FALSE(from_code<TestType>(0));
    CHECK(to_name(static_cast<TestType>(0)).empty());
    CHECK_FALSE(decode<TestType>(Bytes(sizeof(TestType), 0)));
}

TEST_CASE("an enumeration's description has a name of its own") {
    const std::string_view kinds[] = {EnumTraits<Level>::kind,
                                      EnumTraits<Kind>::kind,
                                      EnumTraits<ValidationMethod>::kind,
                                      EnumTraits<KeyAlgorithm>::kind,
                                      EnumTraits<KeySource>::kind,
                                      EnumTraits<RevocationReason>::kind,
                                      EnumTraits<DownloadFormat>::kind,
                                      EnumTraits<Status>::kind,
                                      EnumTraits<RefundClock>::kind,
                                      EnumTraits<DayRule>::kind,
                                      EnumTraits<UnissuedRule>::kind,
                                      EnumTraits<CaInitiatedRule>::kind,
                                      EnumTraits<RefundReason>::kind,
                                      EnumTraits<RenewalPayment>::kind,
                                      EnumTraits<PolicyKind>::kind,
                                      EnumTraits<RefusalCode>::kind,
                                      EnumTraits<EventType>::kind};
    CHECK(std::set<std::string_view>(std::begin(kinds), std::end(kinds)).size() == std::size(kinds));
}

TEST_CASE("every refusal code has a meaning of its own") {
    std::set<std::string_view> meanings;
    for (const auto& entry : EnumTraits<RefusalCode>::entries) {
        CHECK_FALSE(meaning(entry.value).empty());
        CHECK(meanings.insert(meaning(entry.value)).second);
    }
}

TEST_CASE("certificate streams have the event types from 20 on") {
    CHECK_FALSE(certificate_event(EventType::quota_refunded));
    CHECK(certificate_event(EventType::certificate_purchased));
    CHECK(certificate_event(EventType::certificate_deleted));
}
