#include "args/values.hpp"

#include <algorithm>
#include <cerrno>
#include <certledger/events/ids.hpp>
#include <certledger/events/json/parse.hpp>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace certledger::cli {
namespace {

using events::json::Json;

constexpr std::size_t kMaxPersonalData = 16'384;

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
    if (!digits || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::int64_t> seconds_of(char unit) {
    switch (unit) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 3'600;
        case 'd':
            return events::kSecondsPerDay;
        case 'w':
            return 7 * events::kSecondsPerDay;
        case 'y':
            return 365 * events::kSecondsPerDay;
        default:
            return std::nullopt;
    }
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::strchr(" \t\r\n", text.front()) != nullptr) text.remove_prefix(1);
    while (!text.empty() && std::strchr(" \t\r\n", text.back()) != nullptr) text.remove_suffix(1);
    return text;
}

std::optional<std::string> present(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

/// The members of an object of strings; false when it has others, or values of another type.
bool read_members(std::string_view text,
                  std::initializer_list<std::pair<const char*, std::optional<std::string>*>> members) {
    const auto object = events::json::parse(text, kMaxPersonalData);
    if (!object || !object->is_object()) return false;
    std::size_t found = 0;
    for (const auto& [name, slot] : members) {
        const auto member = object->find(name);
        if (member == object->end()) continue;
        if (!member->is_string()) return false;
        *slot = member->get<std::string>();
        ++found;
    }
    return found == object->size();
}

}  // namespace

std::optional<std::int64_t> duration_from_string(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto unit = seconds_of(text.back());
    const auto count = number(text.substr(0, text.size() - 1));
    constexpr std::int64_t most = 10'000LL * 365 * events::kSecondsPerDay;
    if (!unit || !count || *count > most / *unit) return std::nullopt;
    return *count * *unit;
}

std::optional<std::int64_t> years_from_string(std::string_view text) {
    if (!text.empty() && text.back() == 'y') text.remove_suffix(1);
    return number(text);
}

std::optional<domain::Contact> contact_from_string(std::string_view text) {
    domain::Contact contact;
    text = trimmed(text);
    if (!text.empty() && text.front() == '{') {
        if (!read_members(text,
                          {{"name", &contact.name}, {"mail", &contact.mail}, {"phone", &contact.phone}})) {
            return std::nullopt;
        }
        return contact;
    }
    const auto open = text.find('<');
    const auto close = text.find('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    contact.name = present(trimmed(text.substr(0, open)));
    contact.mail = present(trimmed(text.substr(open + 1, close - open - 1)));
    contact.phone = present(trimmed(text.substr(close + 1)));
    return contact;
}

std::optional<domain::Company> company_from_string(std::string_view text) {
    domain::Company company;
    if (!read_members(trimmed(text), {{"name", &company.name},
                                      {"country", &company.country},
                                      {"registration", &company.registration},
                                      {"address", &company.address}})) {
        return std::nullopt;
    }
    return company;
}

std::optional<PointInLog> point_from_string(std::string_view text) {
    PointInLog point;
    if (const auto position = number(text)) {
        point.position = static_cast<std::uint64_t>(*position);
        return point;
    }
    point.time = events::instant_from_string(text);
    if (!point.time) return std::nullopt;
    return point;
}

Take into(std::optional<events::Instant>& slot) {
    return into(slot, events::instant_from_string, "must be a time such as 2026-10-01T00:00:00Z");
}

Take into(std::optional<events::Money>& slot) {
    return into(slot, events::money_from_string, "must be an amount such as \"100.00 USD\"");
}

Take into(std::optional<PointInLog>& slot) {
    return into(slot, point_from_string, "must be a position or a time such as 2026-10-01T00:00:00Z");
}

Take into_duration(std::optional<std::int64_t>& slot) {
    return into(slot, duration_from_string, "must be a duration such as 30d, 12h, 2w or 1y");
}

Take into_years(std::optional<std::int64_t>& slot) {
    return into(slot, years_from_string, "must be whole years such as 1y");
}

Result<std::string> read_text_file(const std::string& path, std::size_t max_size) {
    std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    const auto failed = [&](const std::string& why) {
        return fail(ErrorKind::invalid_input, "file " + path + ": " + why);
    };
    if (file == nullptr) return failed(std::strerror(errno));
    std::string text;
    std::array<char, 65'536> buffer{};
    std::size_t got = 0;
    while (text.size() <= max_size && (got = std::fread(buffer.data(), 1, buffer.size(), file)) > 0) {
        text.append(buffer.data(), got);
    }
    const bool bad = std::ferror(file) != 0;
    const int reason = errno;
    if (file != stdin) std::fclose(file);
    if (bad) return failed(std::strerror(reason));
    if (text.size() > max_size) return failed("longer than " + std::to_string(max_size) + " octets");
    return text;
}

}  // namespace certledger::cli
