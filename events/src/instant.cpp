#include <array>
#include <certledger/events/instant.hpp>
#include <cstdio>

namespace certledger::events {
namespace {

constexpr bool leap_year(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

constexpr int days_in_month(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap_year(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Reads `count` digits at the front and drops them; nothing when one is not a digit.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<int> take_fraction(std::string_view& text) {
    int micros = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits < 6 && text[digits] >= '0' && text[digits] <= '9') {
        micros = micros * 10 + (text[digits] - '0');
        ++digits;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    for (std::size_t i = digits; i < 6; ++i) micros *= 10;
    return micros;
}

std::string write(Instant instant, bool with_fraction) {
    const std::int64_t seconds = instant.seconds();
    const auto fraction = static_cast<int>(instant.micros - seconds * kMicrosPerSecond);
    const std::int64_t days = (seconds >= 0 ? seconds : seconds - (kSecondsPerDay - 1)) / kSecondsPerDay;
    const auto of_day = static_cast<int>(seconds - days * kSecondsPerDay);
    const Date date = date_from_days(days);
    std::array<char, 64> text{};
    int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", date.year, date.month,
                             date.day, of_day / 3600, of_day / 60 % 60, of_day % 60);
    if (with_fraction) {
        size += std::snprintf(text.data() + size, text.size() - static_cast<std::size_t>(size), ".%06d",
                              fraction);
    }
    return std::string(text.data(), static_cast<std::size_t>(size)) + "Z";
}

}  // namespace

// Both conversions follow the era arithmetic of the civil calendar: 400 years are 146,097 days, and a year
// that starts in March puts the leap day last.
std::int64_t days_from_date(Date date) noexcept {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

Date date_from_days(std::int64_t days) noexcept {
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const std::int64_t day_of_era = shifted - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month = (5 * day_of_year + 2) / 153;
    Date date;
    date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
    date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
    date.year = static_cast<int>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
    return date;
}

std::string to_string(Instant instant) { return write(instant, !instant.whole_second()); }

std::string to_string_micros(Instant instant) { return write(instant, true); }

std::optional<Instant> instant_from_string(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || *year < 1 || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || *month < 1 || *month > 12 || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || *day < 1 || *day > days_in_month(*year, *month) || !take(text, 'T')) return std::nullopt;
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
    const auto second = take_digits(text, 2);
    if (!second || *second > 59) return std::nullopt;
    int micros = 0;
    if (take(text, '.')) {
        const auto fraction = take_fraction(text);
        if (!fraction) return std::nullopt;
        micros = *fraction;
    }
    if (text != "Z") return std::nullopt;
    const std::int64_t days = days_from_date(Date{*year, *month, *day});
    const std::int64_t seconds = days * kSecondsPerDay + *hour * 3600 + *minute * 60 + *second;
    return Instant{seconds * kMicrosPerSecond + micros};
}

}  // namespace certledger::events
