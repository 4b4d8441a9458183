#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/money.hpp>
#include <certledger/events/uuid.hpp>
#include <limits>

using namespace certledger;
using namespace certledger::events;

namespace {

constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> minor(std::string_view text) {
    const auto money = money_from_string(text);
    return money ? std::optional(money->minor) : std::nullopt;
}

Money dollars(std::int64_t minor_units) { return {minor_units, {}}; }

}  // namespace

TEST_CASE("instants are written in RFC 3339 with a fraction only where there is one") {
    CHECK(to_string(Instant{}) == "1970-01-01T00:00:00Z");
    CHECK(to_string(Instant{1}) == "1970-01-01T00:00:00.000001Z");
    CHECK(to_string(Instant{-1}) == "1969-12-31T23:59:59.999999Z");
    CHECK(to_string(Instant::from_seconds(951'782'400)) == "2000-02-29T00:00:00Z");
    CHECK(to_string(Instant{1'767'323'045'120'000}) == "2026-01-02T03:04:05.120000Z");
    CHECK(to_string(kEarliest) == "0001-01-01T00:00:00Z");
    CHECK(to_string(kLatest) == "9999-12-31T23:59:59.999999Z");
    CHECK(to_string_micros(Instant{}) == "1970-01-01T00:00:00.000000Z");
}

TEST_CASE("instants are read from one to six digits of fraction") {
    CHECK(instant_from_string("1970-01-01T00:00:00Z") == Instant{});
    CHECK(instant_from_string("1970-01-01T00:00:00.1Z") == Instant{100'000});
    CHECK(instant_from_string("1970-01-01T00:00:00.000010Z") == Instant{10});
    CHECK(instant_from_string("0001-01-01T00:00:00Z") == kEarliest);
    CHECK(instant_from_string("9999-12-31T23:59:59.999999Z") == kLatest);
}

TEST_CASE("leap years follow the Gregorian rule") {
    for (const char* day : {"2000-02-29", "2024-02-29", "0004-02-29", "9996-02-29"})
        CHECK(instant_from_string(std::string(day) + "T00:00:00Z").has_value());
    for (const char* day :
         {"1900-02-29", "2023-02-29", "2100-02-29", "2000-02-30", "2026-04-31", "2026-01-32"})
        CHECK_FALSE(instant_from_string(std::string(day) + "T00:00:00Z").has_value());
}

TEST_CASE("everything that is not the one syntax of instants is refused") {
    const auto text = GENERATE(
        as<std::string>{}, "", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04Z",
        "2026-01-02t03:04:05Z", "2026-01-02T03:04:05z", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567Z",
        "2026-01-02T03:04:05,1Z", "2026-1-02T03:04:05Z", "2026-01-2T03:04:05Z", "2026-01-02T3:04:05Z",
        "26-01-02T03:04:05Z", "12026-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "-001-01-02T03:04:05Z",
        "0000-01-01T00:00:00Z", "2026-00-02T03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-00T03:04:05Z",
        "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T23:59:60Z", "2026-01-02T03:04:05ZZ",
        " 2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z ", "2026-01-02T03:04:05Z\n", "2026-01-02T03:04:0xZ",
        "2026/01/02T03:04:05Z", "2026-01-02T03.04.05Z", "2026-01-02T03:04:05.1 Z");
    CHECK_FALSE(instant_from_string(text).has_value());
    CHECK_FALSE(instant_from_string(std::string("2026-01-02T03:04:05Z\0", 21)).has_value());
}

TEST_CASE("instants and dates survive their text and their day number") {
    rc::prop("any instant between the limits comes back from its text", [] {
        const auto micros = *rc::gen::inRange<std::int64_t>(kEarliest.micros, kLatest.micros);
        RC_ASSERT(instant_from_string(to_string(Instant{micros})) == Instant{micros});
        RC_ASSERT(instant_from_string(to_string_micros(Instant{micros})) == Instant{micros});
    });
    std::int64_t wrong = 0;
    for (std::int64_t day = kEarliest.seconds() / kSecondsPerDay; day <= kLatest.seconds() / kSecondsPerDay;
         ++day)
        wrong += days_from_date(date_from_days(day)) == day ? 0 : 1;
    CHECK(wrong == 0);
    CHECK(days_from_date({1970, 1, 1}) == 0);
    CHECK(days_from_date({2000, 3, 1}) == 11'017);
}

TEST_CASE("seconds are rounded towards the past") {
    CHECK(Instant{-1}.seconds() == -1);
    CHECK(Instant{-1'000'000}.seconds() == -1);
    CHECK(Instant{-1'000'001}.seconds() == -2);
    CHECK(Instant{999'999}.seconds() == 0);
    CHECK(Instant{5}.plus_seconds(-1) == Instant{-999'995});
    CHECK_FALSE(Instant{5}.whole_second());
}

TEST_CASE("money has exactly the digits of its currency") {
    CHECK(minor("100 JPY") == 100);
    CHECK(minor("100.00 USD") == 10'000);
    CHECK(minor("1.000 KWD") == 1'000);
    CHECK(minor("0.0001 CLF") == 1);
    CHECK(minor("0 JPY") == 0);
    CHECK(minor("0.00 EUR") == 0);
    CHECK(minor("1.00 XCG") == 100);
    CHECK(to_string(Money{1, {{'U', 'S', 'D'}}}) == "0.01 USD");
    CHECK(to_string(Money{1, {{'C', 'L', 'F'}}}) == "0.0001 CLF");
    CHECK(to_string(Money{0, {{'J', 'P', 'Y'}}}) == "0 JPY");
    CHECK(to_string(dollars(-5)) == "-0.05 USD");
    CHECK(to_string(dollars(std::numeric_limits<std::int64_t>::min())) == "-92233720368547758.08 USD");
}

TEST_CASE("every other way to write money is refused") {
    const auto text =
        GENERATE(as<std::string>{}, "", "USD", " USD", "100 USD", "100.0 USD", "100.000 USD", "1.0 JPY",
                 "1. JPY", "1.00 KWD", "+1.00 USD", "-1.00 USD", "1e2 USD", "1E2 JPY", "1,000.00 USD",
                 "1.00 usd", "1.00 Usd", "1.00USD", "1.00  USD", " 1.00 USD", "1.00 USD ", "01.00 USD",
                 "00 JPY", ".50 USD", "1.00 US", "1.00 USDX", "1.00 XAU", "1.00 XXX", "1.00 ZZZ", "1.00 U D",
                 "1.00\tUSD", "0x10 JPY", "1.0a USD", "1..0 USD", "1.00 €", "USD 1.00", "1_000 JPY");
    CHECK_FALSE(minor(text).has_value());
}

TEST_CASE("money reaches to 2^63 - 1 minor units and not further") {
    CHECK(minor("92233720368547758.07 USD") == kGreatest);
    CHECK(minor("9223372036854775807 JPY") == kGreatest);
    CHECK_FALSE(minor("92233720368547758.08 USD").has_value());
    CHECK_FALSE(minor("9223372036854775808 JPY").has_value());
    CHECK_FALSE(minor("99999999999999999999999999.00 USD").has_value());
    CHECK(add(dollars(kGreatest - 1), dollars(1)) == dollars(kGreatest));
    CHECK_FALSE(add(dollars(kGreatest), dollars(1)).has_value());
    CHECK_THROWS_AS((void)add(dollars(1), Money{1, {{'E', 'U', 'R'}}}), ContractViolation);
}

TEST_CASE("money comes back from its text, and its shares sum to the whole") {
    rc::prop("text and back, in currencies of each number of digits", [] {
        const auto code = *rc::gen::element<std::string>("USD", "JPY", "KWD", "CLF");
        Money money{*rc::gen::inRange<std::int64_t>(0, kGreatest), {}};
        std::copy(code.begin(), code.end(), money.currency.code.begin());
        RC_ASSERT(money_from_string(to_string(money)) == money);
    });
    rc::prop("shares differ by at most one minor unit, the greater ones first, and sum to the price", [] {
        const auto whole = *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 1'000),
                                           rc::gen::inRange<std::int64_t>(0, kGreatest));
        const auto count = *rc::gen::inRange<std::int64_t>(1, 400);
        Money sum = dollars(0);
        std::int64_t before = kGreatest;
        for (std::int64_t unit = 0; unit < count; ++unit) {
            const Money part = share(dollars(whole), count, unit);
            RC_ASSERT(part.minor <= before);
            RC_ASSERT(part.minor - whole / count <= 1);
            before = part.minor;
            sum = *add(sum, part);
        }
        RC_ASSERT(sum == dollars(whole));
    });
    CHECK_THROWS_AS((void)share(dollars(1), 0, 0), ContractViolation);
    CHECK_THROWS_AS((void)share(dollars(1), 3, 3), ContractViolation);
}

TEST_CASE("hexadecimal is read strictly") {
    CHECK(to_hex(Bytes{0x00, 0x0A, 0xFF}) == "000aff");
    CHECK(bytes_from_hex("000aFf") == Bytes{0x00, 0x0A, 0xFF});
    CHECK(bytes_from_hex("") == Bytes{});
    for (const char* text : {"0", "0g", "0x", " 00", "00 ", "0 0", "-1"}) CHECK_FALSE(bytes_from_hex(text));
    CHECK(digest_from_hex(std::string(64, 'a'))->front() == 0xAA);
    CHECK_FALSE(digest_from_hex(std::string(62, 'a')));
    CHECK_FALSE(digest_from_hex(std::string(66, 'a')));
}

TEST_CASE("base64 is that of RFC 4648 section 10, and one value has one text") {
    const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors) {
        CHECK(to_base64(Bytes(plain.begin(), plain.end())) == text);
        CHECK(bytes_from_base64(text) == Bytes(plain.begin(), plain.end()));
    }
    // Missing, superfluous or misplaced padding, bits that mean nothing, white space, the URL alphabet.
    for (const char* text : {"Zg", "Zg=", "Zg===", "Zm9v====", "=", "====", "Z===", "Zg=v",
                             "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9", "Zm-_", "Zm9v=", "Z\0==", "Zm8=Zm8="})
        CHECK_FALSE(bytes_from_base64(text));
    CHECK(digest_from_base64(to_base64(Digest{})) == Digest{});
    CHECK_FALSE(digest_from_base64("Zm9v"));
    rc::prop("any octets come back from both texts", [](const Bytes& bytes) {
        RC_ASSERT(bytes_from_hex(to_hex(bytes)) == bytes);
        RC_ASSERT(bytes_from_base64(to_base64(bytes)) == bytes);
    });
}

TEST_CASE("UUIDs have one form") {
    const std::string text = "01234567-89ab-cdef-0123-456789abcdef";
    REQUIRE(uuid_from_string(text));
    CHECK(to_string(*uuid_from_string(text)) == text);
    CHECK(uuid_from_string("01234567-89AB-CDEF-0123-456789ABCDEF") == uuid_from_string(text));
    CHECK(uuid_from_string("00000000-0000-0000-0000-000000000000")->nil());
    CHECK_FALSE(uuid_from_string(text)->nil());
    for (const char* wrong :
         {"", "0123456789abcdef0123456789abcdef", "{01234567-89ab-cdef-0123-456789abcdef}",
          "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdefa",
          "0123456-789ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdeg",
          "01234567-89ab-cdef-0123-4567-9abcdef", "01234567 89ab-cdef-0123-456789abcdef"})
        CHECK_FALSE(uuid_from_string(wrong));
}

TEST_CASE("ids, command ids and actors are told from what they are not") {
    for (const auto& id : {std::string("a"), std::string("A.b_c-9"), std::string(64, 'x')})
        CHECK(well_formed_id(id));
    for (const auto& id : {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a/b"),
                           std::string("ü"), std::string("a\0", 2), std::string("a\n")})
        CHECK_FALSE(well_formed_id(id));
    CHECK(well_formed_command_id(" any printable ~ ASCII"));
    CHECK(well_formed_command_id(std::string(128, 'c')));
    for (const auto& id :
         {std::string(), std::string(129, 'c'), std::string("\t"), std::string("\x7F"), std::string("é")})
        CHECK_FALSE(well_formed_command_id(id));
    CHECK(well_formed_actor("Ada Lovelace ü"));
    CHECK(well_formed_actor(std::string(128, 'a')));
    CHECK_FALSE(well_formed_actor(""));
    CHECK_FALSE(well_formed_actor(std::string(129, 'a')));
    CHECK_FALSE(well_formed_actor("\xFF"));
}

TEST_CASE("UTF-8 is that of RFC 3629, wherever in a text it stands") {
    // Many octets are looked at in one step where they are ASCII.
    const auto placed = [](const char* text, std::size_t before, std::size_t behind) {
        return std::string(before, 'b').append(text).append(behind, 'e');
    };
    for (std::size_t before = 0; before <= 17; ++before) {
        for (std::size_t behind = 0; behind <= 17; ++behind) {
            for (const char* text : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                     "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
                REQUIRE(well_formed_utf8(placed(text, before, behind)));
            // Overlong forms, surrogates, beyond U+10FFFF, continuations alone, sequences cut short.
            for (const char* text :
                 {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
                  "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xC2",
                  "\xE1\x80", "\xF1\x80\x80", "\xC2\x41", "\xE1\x80\x41", "\xF1\x80\x80\x41", "a\xC2"})
                REQUIRE_FALSE(well_formed_utf8(placed(text, before, behind)));
        }
    }
}

TEST_CASE("streams are named after what they belong to") {
    CHECK(ledger_stream().value == "ledger");
    CHECK(policy_stream().value == "policy");
    CHECK(policy_stream(AccountId{"acme"}).value == "policy-acme");
    CHECK(stream_of(QuotaId{"q1"}).value == "quota-q1");
    CHECK(stream_of(CertificateId{"k1"}).value == "certificate-k1");
    CHECK(rejection_stream(stream_of(QuotaId{"q1"})).value == "rejection-quota-q1");
    CHECK(stream_kind("ledger") == StreamKind::ledger);
    CHECK(stream_kind("policy") == StreamKind::policy);
    CHECK(stream_kind("policy-acme") == StreamKind::policy);
    CHECK(stream_kind("quota-q1") == StreamKind::quota);
    CHECK(stream_kind("certificate-k1") == StreamKind::certificate);
    CHECK(stream_kind("rejection-certificate-k1") == StreamKind::rejection);
    CHECK_FALSE(stream_kind("ledgers"));
    CHECK_FALSE(stream_kind("k1"));
    CHECK_FALSE(stream_kind(""));
    CHECK(id_part("certificate-quota-1") == "quota-1");
    CHECK(id_part("quota-q1") == "q1");
}
