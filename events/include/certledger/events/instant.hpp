// Role: points in time as the ledger stores them: UTC, microseconds since 1970-01-01T00:00:00Z, no clock.
//
// Text form (RFC 3339, narrowed): `YYYY-MM-DDThh:mm:ss[.f{1,6}]Z` and nothing else. Years 0001 to 9999; the
// proleptic Gregorian calendar; no leap seconds (second 60 is refused), as in POSIX and X.509 practice.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::events {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kMicrosPerDay = kMicrosPerSecond * kSecondsPerDay;

/// A point in time. Regular value; default is the epoch.
struct Instant {
    std::int64_t micros = 0;  ///< Since 1970-01-01T00:00:00Z.

    [[nodiscard]] static constexpr Instant from_seconds(std::int64_t seconds) {
        return Instant{seconds * kMicrosPerSecond};
    }
    /// Whole seconds since the epoch, rounded towards the past.
    [[nodiscard]] constexpr std::int64_t seconds() const {
        const std::int64_t whole = micros / kMicrosPerSecond;
        return micros % kMicrosPerSecond < 0 ? whole - 1 : whole;
    }
    /// This instant moved by whole seconds.
    [[nodiscard]] constexpr Instant plus_seconds(std::int64_t seconds) const {
        return Instant{micros + seconds * kMicrosPerSecond};
    }
    [[nodiscard]] constexpr bool whole_second() const { return micros % kMicrosPerSecond == 0; }

    friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
};

/// The earliest and latest instants that have a text form.
inline constexpr Instant kEarliest = Instant{-62'135'596'800 * kMicrosPerSecond};
inline constexpr Instant kLatest = Instant{253'402'300'800 * kMicrosPerSecond - 1};

/// A calendar date (proleptic Gregorian).
struct Date {
    int year = 1970;
    int month = 1;  ///< 1 to 12
    int day = 1;    ///< 1 to 31
    friend constexpr bool operator==(const Date&, const Date&) = default;
};

/// Days from 1970-01-01 to the date; the date must exist.
[[nodiscard]] std::int64_t days_from_date(Date date) noexcept;
[[nodiscard]] Date date_from_days(std::int64_t days) noexcept;

/// `2026-01-02T03:04:05Z`, with a fraction of six digits only where it is not zero. The instant must lie
/// between kEarliest and kLatest.
[[nodiscard]] std::string to_string(Instant instant);

/// Always six digits of fraction: how `recorded_at` is written.
[[nodiscard]] std::string to_string_micros(Instant instant);

/// Reads the text form above; nothing for anything else.
[[nodiscard]] std::optional<Instant> instant_from_string(std::string_view text);

}  // namespace certledger::events
