#include <date/tz.h>

#include <certledger/adapters/zones/system_zones.hpp>
#include <certledger/events/contract.hpp>
#include <chrono>
#include <stdexcept>

namespace certledger::adapters::zones {
namespace {

using events::Date;
using events::Instant;

/// Null when the database has no such zone, or is not there.
const date::time_zone* find_zone(std::string_view name) {
    try {
        return date::locate_zone(std::string(name));
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

const date::time_zone& zone_of(std::string_view name) {
    const date::time_zone* const zone = find_zone(name);
    CERTLEDGER_CHECK(zone != nullptr);
    return *zone;
}

Instant instant_of(date::sys_seconds time) { return Instant::from_seconds(time.time_since_epoch().count()); }

}  // namespace

bool SystemZones::exists(std::string_view zone) const { return zone == "UTC" || find_zone(zone) != nullptr; }

Date SystemZones::local_date(std::string_view zone, Instant instant) const {
    if (zone == "UTC") return policies::UtcZones().local_date(zone, instant);
    const date::sys_seconds time{std::chrono::seconds(instant.seconds())};
    const date::year_month_day day{date::floor<date::days>(zone_of(zone).to_local(time))};
    return {static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
            static_cast<int>(static_cast<unsigned>(day.day()))};
}

Instant SystemZones::end_of_day(std::string_view zone, Date day) const {
    if (zone == "UTC") return policies::UtcZones().end_of_day(zone, day);
    const date::local_days midnight{date::days(static_cast<int>(events::days_from_date(day)))};
    const date::local_seconds last = midnight + std::chrono::hours(24) - std::chrono::seconds(1);
    const date::local_info info = zone_of(zone).get_info(last);
    const date::sys_seconds unshifted{last.time_since_epoch()};
    switch (info.result) {
        case date::local_info::nonexistent:
            return instant_of(info.first.end - std::chrono::seconds(1));
        case date::local_info::ambiguous:
            return instant_of(unshifted - info.second.offset);
        default:
            return instant_of(unshifted - info.first.offset);
    }
}

}  // namespace certledger::adapters::zones
