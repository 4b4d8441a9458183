#include <algorithm>
#include <array>
#include <certledger/events/contract.hpp>
#include <certledger/events/money.hpp>
#include <limits>

namespace certledger::events {
namespace {

// ISO 4217:2015 with its amendments, list one: the codes by exponent. Codes without a minor unit (gold, funds
// codes such as XDR) cannot be paid with and are left out.
constexpr std::string_view kNoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view kThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view kFourDigits = "CLF UYW";
constexpr std::string_view kTwoDigits =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ "
    "GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
    "RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
    "USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL";

constexpr std::size_t kLetters = 26;
constexpr std::uint8_t kNoCurrency = 0xFF;

/// Place of a code of three capital letters in the table; its size for anything else.
constexpr std::size_t place_of(std::string_view code) {
    std::size_t place = 0;
    for (const char letter : code) {
        if (letter < 'A' || letter > 'Z') return kLetters * kLetters * kLetters;
        place = place * kLetters + static_cast<std::size_t>(letter - 'A');
    }
    return place;
}

/// The exponent of every code: asked for each amount that is read out of a log.
constexpr auto kExponents = [] {
    std::array<std::uint8_t, kLetters * kLetters * kLetters> exponents{};
    for (auto& exponent : exponents) exponent = kNoCurrency;
    const std::pair<std::string_view, std::uint8_t> lists[] = {
        {kTwoDigits, 2}, {kNoDigits, 0}, {kThreeDigits, 3}, {kFourDigits, 4}};
    for (const auto& [list, exponent] : lists) {
        for (std::size_t at = 0; at < list.size(); at += 4)
            exponents[place_of(list.substr(at, 3))] = exponent;
    }
    return exponents;
}();

std::optional<std::int64_t> digits_value(std::string_view whole, std::string_view fraction) {
    constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max();
    std::int64_t value = 0;
    for (const std::string_view part : {whole, fraction}) {
        for (const char c : part) {
            if (c < '0' || c > '9') return std::nullopt;
            const int digit = c - '0';
            if (value > (limit - digit) / 10) return std::nullopt;
            value = value * 10 + digit;
        }
    }
    return value;
}

}  // namespace

std::optional<int> currency_exponent(std::string_view code) noexcept {
    if (code.size() != 3) return std::nullopt;
    const std::size_t place = place_of(code);
    if (place >= kExponents.size() || kExponents[place] == kNoCurrency) return std::nullopt;
    return kExponents[place];
}

std::string to_string(const Money& money) {
    const auto exponent = static_cast<std::size_t>(currency_exponent(money.currency.text()).value_or(0));
    // Unsigned magnitude: the most negative amount has no positive counterpart of its own type.
    const bool negative = money.minor < 0;
    const std::uint64_t magnitude = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(money.minor)
                                             : static_cast<std::uint64_t>(money.minor);
    std::string digits = std::to_string(magnitude);
    if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
    if (exponent > 0) digits.insert(digits.size() - exponent, 1, '.');
    return (negative ? "-" : "") + digits + " " + std::string(money.currency.text());
}

std::optional<Money> money_from_string(std::string_view text) {
    if (text.size() < 5 || text[text.size() - 4] != ' ') return std::nullopt;
    const std::string_view code = text.substr(text.size() - 3);
    const auto exponent = currency_exponent(code);
    if (!exponent) return std::nullopt;
    std::string_view whole = text.substr(0, text.size() - 4);
    std::string_view fraction;
    if (*exponent > 0) {
        const auto point = whole.find('.');
        if (point == std::string_view::npos) return std::nullopt;
        fraction = whole.substr(point + 1);
        whole = whole.substr(0, point);
    }
    if (fraction.size() != static_cast<std::size_t>(*exponent)) return std::nullopt;
    if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
    const auto minor = digits_value(whole, fraction);
    if (!minor) return std::nullopt;
    Money money{*minor, {}};
    std::copy(code.begin(), code.end(), money.currency.code.begin());
    return money;
}

std::optional<Money> add(const Money& a, const Money& b) {
    CERTLEDGER_CHECK(a.currency == b.currency);
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.minor, b.minor, &sum)) return std::nullopt;
    return Money{sum, a.currency};
}

Money share(const Money& whole, std::int64_t count, std::int64_t index) {
    CERTLEDGER_CHECK(count >= 1 && index >= 0 && index < count && whole.minor >= 0);
    const std::int64_t extra = index < whole.minor % count ? 1 : 0;
    return Money{whole.minor / count + extra, whole.currency};
}

}  // namespace certledger::events
