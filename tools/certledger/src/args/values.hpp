// Role: readers of the values that the command line writes in its own way: durations, terms, contacts,
// points in the log.
#pragma once

#include <certledger/domain/command_parts.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/money.hpp>

#include "args/command.hpp"
#include "args/globals.hpp"

namespace certledger::cli {

/// `90s`, `15m`, `12h`, `30d`, `2w`, `1y` (365 days): seconds. Nothing for anything else or for more than
/// 10,000 years.
[[nodiscard]] std::optional<std::int64_t> duration_from_string(std::string_view text);

/// `1y` to `6y`, or the bare number: whole years.
[[nodiscard]] std::optional<std::int64_t> years_from_string(std::string_view text);

/// `Ada <ada@example.com> +44123456`, or a JSON object with name, mail and phone. Members that are not there
/// stay empty; a guard of the ledger says so. Nothing when the text is of neither form.
[[nodiscard]] std::optional<domain::Contact> contact_from_string(std::string_view text);

/// A JSON object with name, country, registration and address.
[[nodiscard]] std::optional<domain::Company> company_from_string(std::string_view text);

/// A position, or a time.
[[nodiscard]] std::optional<PointInLog> point_from_string(std::string_view text);

[[nodiscard]] Take into(std::optional<events::Instant>& slot);
[[nodiscard]] Take into(std::optional<events::Money>& slot);
[[nodiscard]] Take into(std::optional<PointInLog>& slot);
[[nodiscard]] Take into_duration(std::optional<std::int64_t>& slot);
[[nodiscard]] Take into_years(std::optional<std::int64_t>& slot);

/// A file's text; `-` is standard input. invalid_input when it cannot be read or is longer than `max_size`.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, std::size_t max_size);

}  // namespace certledger::cli
