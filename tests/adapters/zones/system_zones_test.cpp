#include <catch2/catch.hpp>
#include <certledger/adapters/zones/system_zones.hpp>
#include <certledger/events/contract.hpp>

using certledger::adapters::zones::SystemZones;
using certledger::events::Date;
using certledger::events::Instant;

namespace {

Instant at(const char* text) { return certledger::events::instant_from_string(text).value(); }
std::string end_of(const char* zone, Date date) {
    return certledger::events::to_string(SystemZones().end_of_day(zone, date));
}

}  // namespace

TEST_CASE("a zone exists when the IANA database has it") {
    const SystemZones zones;
    CHECK(zones.exists("UTC"));
    CHECK(zones.exists("Europe/Berlin"));
    CHECK(zones.exists("America/New_York"));
    CHECK_FALSE(zones.exists("Europe/Atlantis"));
    CHECK_FALSE(zones.exists(""));
    CHECK_FALSE(zones.exists("../../etc/passwd"));
    CHECK_FALSE(zones.exists("/etc/localtime"));
    CHECK_FALSE(zones.exists("europe/berlin"));
}

TEST_CASE("the local date is that of the zone's clocks") {
    const SystemZones zones;
    CHECK(zones.local_date("UTC", at("2026-01-01T23:59:59Z")) == Date{2026, 1, 1});
    CHECK(zones.local_date("Europe/Berlin", at("2026-01-01T23:00:00Z")) == Date{2026, 1, 2});
    CHECK(zones.local_date("Europe/Berlin", at("2026-01-01T22:59:59Z")) == Date{2026, 1, 1});
    CHECK(zones.local_date("Europe/Berlin", at("2026-07-01T22:00:00Z")) == Date{2026, 7, 2});
    CHECK(zones.local_date("Pacific/Kiritimati", at("2026-01-01T10:00:00Z")) == Date{2026, 1, 2});
    CHECK(zones.local_date("America/New_York", at("1969-12-31T04:59:59.999999Z")) == Date{1969, 12, 30});
}

TEST_CASE("a day ends at 23:59:59 by the zone's clocks, in summer and in winter") {
    CHECK(end_of("UTC", {2026, 1, 31}) == "2026-01-31T23:59:59Z");
    CHECK(end_of("Europe/Berlin", {2026, 1, 31}) == "2026-01-31T22:59:59Z");
    CHECK(end_of("Europe/Berlin", {2026, 7, 31}) == "2026-07-31T21:59:59Z");
    CHECK(end_of("Europe/Berlin", {2026, 3, 29}) == "2026-03-29T21:59:59Z");
}

TEST_CASE("a day whose last hour comes twice ends with the second one") {
    // Havana sets its clocks back from 01:00 to 00:00, so that the last hour of the day before is not
    // doubled; the Azores go from 01:00 back to 00:00 too. Asuncion went back from 24:00 to 23:00.
    CHECK(end_of("America/Asuncion", {2024, 3, 23}) == "2024-03-24T03:59:59Z");
}

TEST_CASE("a day that the clocks skip ends with the last second before it") {
    // Samoa went over the date line: there was no 30 December 2011.
    CHECK(end_of("Pacific/Apia", {2011, 12, 30}) == "2011-12-30T09:59:59Z");
    CHECK(end_of("Pacific/Apia", {2011, 12, 29}) == "2011-12-30T09:59:59Z");
}

TEST_CASE("asking for a date in a zone that does not exist is a contract violation") {
    CHECK_THROWS_AS(SystemZones().local_date("Europe/Atlantis", Instant{}), certledger::ContractViolation);
}
