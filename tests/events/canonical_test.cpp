#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <certledger/events/canonical.hpp>
#include <certledger/testing/generators_rapidcheck.hpp>

#include "allocation_watch.hpp"
#include "samples.hpp"

using namespace certledger;
using namespace certledger::events;
using namespace certledger::testing;

namespace {

/// One of everything, with nothing of the domain in it.
struct Everything {
    bool flag = false;
    std::uint8_t octet = 0;
    std::int16_t small = 0;
    std::uint32_t middle = 0;
    std::int64_t great = 0;
    Level level = Level::dv;
    Instant instant;
    Digest digest{};
    Uuid uuid;
    Money money;
    std::string text;
    CertificateId id;
    Bytes octets;
    std::vector<std::string> texts;
    std::vector<DomainName> names;
    std::optional<std::string> maybe;
    std::optional<Product> product;
    PolicyTerms terms;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("flag", flag) & make_nvp("octet", octet) & make_nvp("small", small) &
            make_nvp("middle", middle) & make_nvp("great", great) & make_nvp("level", level) &
            make_nvp("instant", instant) & make_nvp("digest", digest) & make_nvp("uuid", uuid) &
            make_nvp("money", money) & make_nvp("text", text) & make_nvp("id", id) &
            make_nvp("octets", octets) & make_nvp("texts", texts) & make_nvp("names", names) &
            make_nvp("maybe", maybe) & make_nvp("product", product) & tagged("kind", terms);
    }
    friend bool operator==(const Everything&, const Everything&) = default;
};

/// A field that version 2 added.
struct Grown {
    static constexpr unsigned kSchema = 2;
    std::int64_t old_field = 0;
    std::string new_field = "as if it had been there";

    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_nvp("old_field", old_field);
        if (version >= 2) ar& make_nvp("new_field", new_field);
    }
    friend bool operator==(const Grown&, const Grown&) = default;
};

template <class T>
std::string hex_of(const T& value) {
    return to_hex(encode(value));
}

template <class T>
bool refused(std::string_view hex) {
    const auto value = decode<T>(*bytes_from_hex(hex));
    return !value && value.error().kind == ErrorKind::damaged;
}

}  // namespace

TEST_CASE("the octets of each kind of value are those of the format") {
    CHECK(hex_of(true) == "01");
    CHECK(hex_of(std::int16_t{-2}) == "feff");
    CHECK(hex_of(std::uint32_t{0x01020304}) == "04030201");
    CHECK(hex_of(std::int64_t{-1}) == "ffffffffffffffff");
    CHECK(hex_of(Level::ev) == "03");
    CHECK(hex_of(EventType::certificate_issued) == "2500");
    CHECK(hex_of(Instant{1}) == "0100000000000000");
    CHECK(hex_of(std::string("ü")) == "02000000c3bc");
    CHECK(hex_of(CertificateId{"k"}) == "010000006b");
    CHECK(hex_of(Bytes{0xFF}) == "01000000ff");
    CHECK(hex_of(Money{258, {{'E', 'U', 'R'}}}) == "0201000000000000455552");
    CHECK(hex_of(std::vector<std::string>{"a", ""}) == "02000000010000006100000000");
    CHECK(hex_of(std::optional<bool>{}) == "00");
    CHECK(hex_of(std::optional<bool>{true}) == "0101");
    CHECK(hex_of(Policy{Instant{}, RenewalPolicy{1}}) == "0000000000000000040100000000000000");
}

TEST_CASE("what the writer cannot have written is refused") {
    CHECK(refused<bool>("02"));
    CHECK(refused<std::optional<bool>>("0201"));
    CHECK(refused<Level>("04"));
    CHECK(refused<EventType>("ffff"));
    CHECK(refused<std::string>("01000000ff"));
    CHECK(refused<std::string>("02000000c3"));
    CHECK(refused<Money>("ffffffffffffffff555344"));
    CHECK(refused<Money>("0100000000000000757364"));
    CHECK(refused<Money>("0100000000000000585858"));
    CHECK(refused<Instant>(to_hex(encode(kLatest.micros + 1))));
    CHECK(refused<Instant>(to_hex(encode(kEarliest.micros - 1))));
    CHECK(refused<Policy>("000000000000000009"));
    CHECK(refused<bool>("0100"));
    CHECK(refused<bool>(""));
    CHECK(refused<std::int64_t>("01020304050607"));
}

TEST_CASE("a fault names the field and the rule") {
    auto bytes = encode(DomainName{"a", "b"});
    bytes.back() = 0xFF;
    CHECK(decode<DomainName>(bytes).error().message == "payload: unicode is not well-formed UTF-8");
}

TEST_CASE("a count or length that cannot be true reserves nothing") {
    Bytes bytes(60'000, 0);
    const auto count = GENERATE(60'000U, 70'000U, 0x7FFFFFFFU, 0xFFFFFFFFU);
    const Bytes prefix = encode(count);
    std::copy(prefix.begin(), prefix.end(), bytes.begin());
    std::size_t greatest = 0;
    bool any = false;
    {
        const AllocationWatch watch;
        any = decode<std::vector<DomainName>>(bytes).has_value() || decode<std::string>(bytes).has_value() ||
              decode<Bytes>(bytes).has_value() || decode<std::vector<std::int64_t>>(bytes).has_value();
        greatest = watch.greatest();
    }
    CHECK_FALSE(any);
    // Nothing beyond what 60,000 octets of zeros can be: 7,500 names of two empty texts, in doubling steps.
    CHECK(greatest <= 8'192 * sizeof(DomainName));
}

TEST_CASE("a struct with one of everything comes back") {
    rc::prop("for any values", [] {
        const auto value = *described<Everything>();
        const auto back = decode<Everything>(encode(value));
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == value);
    });
}

TEST_CASE("a text of any length takes the place of one of any other") {
    constexpr std::size_t most = 40;
    std::string all;
    for (std::size_t i = 0; i < most; ++i) all.push_back(static_cast<char>('A' + i));
    for (std::size_t before = 0; before <= most; ++before) {
        for (std::size_t size = 0; size <= most; ++size) {
            const std::string text = all.substr(most - size);
            const Bytes octets = encode(text);
            std::string value(before, '-');
            CanonicalReader reader(octets, 1);
            reader.read(value);
            REQUIRE(reader.ok());
            REQUIRE(value == text);
        }
    }
}

TEST_CASE("an older schema version is read with what the newer one added left as it was") {
    const auto old = decode<Grown>(encode(std::int64_t{7}), 1);
    REQUIRE(old);
    CHECK(*old == Grown{7, "as if it had been there"});
    CHECK(*decode<Grown>(encode(Grown{7, "x"}), 2) == Grown{7, "x"});
    CHECK_FALSE(decode<Grown>(encode(Grown{7, "x"}), 1));
}

TEST_CASE("any event of every type comes back from its octets") {
    Random random(GENERATE(take(8, Catch::Generators::random(0, 1'000'000))));
    for (const EventType type : event_types()) {
        for (int i = 0; i < 8; ++i) {
            const Event event = random_event(type, random);
            const auto back = decode_event(type, schema_of(event), encoded(event));
            INFO(to_name(type));
            REQUIRE(back);
            REQUIRE(same(*back, event));
            REQUIRE(type_of(event) == type);
        }
    }
}

TEST_CASE("one value has one encoding: a changed octet is refused or is another value's only encoding") {
    Random random(20'260'102);
    for (const EventType type : event_types()) {
        for (const Event& event : sample_events(type)) {
            Bytes bytes = encoded(event);
            INFO(to_name(type) << " " << to_hex(bytes));
            for (auto& octet : bytes) {
                const std::uint8_t before = octet;
                for (const int flip : {1, 2, 0x80, static_cast<int>(random.below(255)) + 1}) {
                    octet = static_cast<std::uint8_t>(before ^ flip);
                    const auto other = decode_event(type, schema_of(event), bytes);
                    if (other) REQUIRE(encoded(*other) == bytes);
                }
                octet = before;
            }
        }
    }
}

TEST_CASE("an event cut short anywhere, or longer by an octet, is refused") {
    for (const EventType type : event_types()) {
        for (const Event& event : sample_events(type)) {
            const Bytes bytes = encoded(event);
            INFO(to_name(type) << " " << to_hex(bytes));
            for (std::size_t size = 0; size < bytes.size(); ++size) {
                const auto cut = decode_event(type, schema_of(event), std::span(bytes).first(size));
                REQUIRE_FALSE(cut);
                REQUIRE(cut.error().kind == ErrorKind::damaged);
            }
            Bytes longer = bytes;
            longer.push_back(0);
            REQUIRE_FALSE(decode_event(type, schema_of(event), longer));
        }
    }
}

TEST_CASE("any octets at all are read without harm") {
    Random random(7);
    std::size_t read = 0;
    for (const EventType type : event_types()) {
        for (int i = 0; i < 300; ++i) {
            Bytes bytes(static_cast<std::size_t>(random.below(80)));
            for (auto& octet : bytes) octet = static_cast<std::uint8_t>(random.one_in(2) ? 0 : random.next());
            const auto event = decode_event(type, 1, bytes);
            if (!event) continue;
            ++read;
            REQUIRE(encoded(*event) == bytes);
        }
    }
    CHECK(read > 0);
}

TEST_CASE("schema versions that the program does not know are refused by number") {
    for (const EventType type : event_types()) {
        const Event event = make_event(type);
        const unsigned newest = schema_of(event);
        const Bytes bytes = encoded(event);
        CHECK(decode_event(type, newest, bytes));
        for (const unsigned schema : {0U, newest + 1, 65'535U}) {
            const auto refusal = decode_event(type, schema, bytes);
            REQUIRE_FALSE(refusal);
            CHECK(refusal.error().kind == ErrorKind::damaged);
            CHECK(refusal.error().message.find("schema version " + std::to_string(schema)) !=
                  std::string::npos);
        }
    }
}
