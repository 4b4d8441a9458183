// Role: exact money: minor units and an ISO 4217 currency. No floating point, no conversion, no rounding.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::events {

/// An ISO 4217 alphabetic code. Only codes of the current list that have a minor unit (exponent 0 to 4)
/// exist.
struct Currency {
    std::array<char, 3> code{'U', 'S', 'D'};

    [[nodiscard]] std::string_view text() const noexcept { return {code.data(), code.size()}; }
    friend auto operator<=>(const Currency&, const Currency&) = default;
};

/// Digits behind the decimal point (JPY 0, USD 2, KWD 3); nothing for an unknown code.
[[nodiscard]] std::optional<int> currency_exponent(std::string_view code) noexcept;

/// An amount of one currency. `minor` is not negative in any stored event.
struct Money {
    std::int64_t minor = 0;
    Currency currency;

    friend bool operator==(const Money&, const Money&) = default;
};

/// `100.00 USD`, `100 JPY`, `1.000 KWD`: exactly the currency's digits.
[[nodiscard]] std::string to_string(const Money& money);

/// Reads the form above: digits without sign, exponent or leading zeros (except `0`), exactly the currency's
/// digits behind the point, one space, an upper-case code; up to 2^63 - 1 minor units. Nothing for anything
/// else.
[[nodiscard]] std::optional<Money> money_from_string(std::string_view text);

/// The sum; nothing on overflow. Both must have the same currency (contract).
[[nodiscard]] std::optional<Money> add(const Money& a, const Money& b);

/// The share of unit `index` (from 0) when `whole` is divided over `count` units: the quotient in minor
/// units, the remainder to the first units, so that all shares sum to the whole (domain.md section 5). count
/// >= 1, index < count.
[[nodiscard]] Money share(const Money& whole, std::int64_t count, std::int64_t index);

}  // namespace certledger::events
