#include <catch2/catch.hpp>
#include <certledger/events/field_seek.hpp>
#include <certledger/events/issuance_events.hpp>

using namespace certledger;
using namespace certledger::events;

namespace {

/// One of everything that a seeker passes over.
struct Passed {
    bool flag = true;
    Instant instant{5};
    Digest digest{};
    Uuid uuid;
    Money money{100, {}};
    std::string text = "text";
    CertificateId id{"k1"};
    Bytes octets{1, 2, 3};
    std::vector<DomainName> names{{"a.example", "ä.example"}, {"", ""}};
    std::optional<std::string> none;
    std::optional<PolicyRef> some = PolicyRef{3, "policy"};
    std::vector<std::vector<std::int64_t>> deep{{1, 2}, {}, {3}};
    std::string last = "here";

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("flag", flag) & make_nvp("instant", instant) & make_nvp("digest", digest) &
            make_nvp("uuid", uuid) & make_nvp("money", money) & make_nvp("text", text) & make_nvp("id", id) &
            make_nvp("octets", octets) & make_nvp("names", names) & make_nvp("none", none) &
            make_nvp("some", some) & make_nvp("deep", deep) & make_nvp("last", last);
    }
};

template <class T>
std::optional<std::span<const std::uint8_t>> seek(std::span<const std::uint8_t> octets, T Passed::*field) {
    static Passed described;
    FieldSeeker seeker(octets, &(described.*field));
    described.serialize(seeker, 1);
    return seeker.found();
}

template <class T>
void check_found(T Passed::*field) {
    Passed value;
    value.money.currency.code = {'E', 'U', 'R'};
    const Bytes octets = encode(value);
    const auto found = seek(octets, field);
    REQUIRE(found);
    T read{};
    CanonicalReader reader(*found, 1);
    reader.read(read);
    CHECK(reader.ok());
    CHECK(read == value.*field);
    // Cut before the field, it is not there; cut within it, that is for the reader to say.
    const auto before = static_cast<std::size_t>(found->data() - octets.data());
    for (std::size_t size = 0; size < before; ++size) CHECK_FALSE(seek(std::span(octets).first(size), field));
    CHECK(seek(std::span(octets).first(before), field));
}

}  // namespace

TEST_CASE("a field is found behind whatever stands before it, and not where the octets end earlier") {
    check_found(&Passed::flag);
    check_found(&Passed::instant);
    check_found(&Passed::digest);
    check_found(&Passed::uuid);
    check_found(&Passed::money);
    check_found(&Passed::text);
    check_found(&Passed::id);
    check_found(&Passed::octets);
    check_found(&Passed::names);
    check_found(&Passed::none);
    check_found(&Passed::some);
    check_found(&Passed::deep);
    check_found(&Passed::last);
}

TEST_CASE("several fields are found in one walk, as many as there are octets for") {
    const Bytes octets = encode(Passed{});
    static Passed described;
    const auto walk = [&](std::size_t size) {
        const auto first = std::span(octets).first(size);
        FieldSeeker seeker(first, &described.flag, &described.text, &described.last);
        described.serialize(seeker, 1);
        return seeker;
    };
    const auto whole = walk(octets.size());
    REQUIRE(whole.found(2));
    CHECK(whole.found(0)->data() == octets.data());
    CHECK(whole.found(1)->data() == seek(octets, &Passed::text)->data());
    CHECK(whole.found(2)->data() == seek(octets, &Passed::last)->data());
    CHECK_FALSE(whole.found(3));

    const auto cut = walk(static_cast<std::size_t>(whole.found(2)->data() - octets.data()) - 1);
    CHECK(cut.found(1));
    CHECK_FALSE(cut.found(2));
}

TEST_CASE("a count that cannot be true ends at the end of the octets") {
    Bytes octets = encode(Passed{});
    const auto names = seek(octets, &Passed::names);
    REQUIRE(names);
    const auto at = static_cast<std::size_t>(names->data() - octets.data());
    store_number<std::uint32_t>(octets.data() + at, 0xFFFF'FFFFU);
    CHECK_FALSE(seek(octets, &Passed::last));
}

TEST_CASE("numbers are little-endian wherever they lie") {
    std::uint8_t octets[9] = {};
    store_number<std::uint64_t>(octets + 1, 0x0102'0304'0506'0708U);
    for (std::uint8_t i = 0; i < 8; ++i) CHECK(octets[1 + i] == 8 - i);
    CHECK(load_number<std::uint64_t>(octets + 1) == 0x0102'0304'0506'0708U);
    CHECK(load_number<std::uint16_t>(octets + 1) == 0x0708U);
    store_number<std::int16_t>(octets, -2);
    CHECK(octets[0] == 0xFE);
    CHECK(octets[1] == 0xFF);
    CHECK(load_number<std::int16_t>(octets) == -2);
    Bytes out{7};
    append_number<std::uint32_t>(out, 0x0A0B'0C0DU);
    CHECK(out == Bytes{7, 0x0D, 0x0C, 0x0B, 0x0A});
}

TEST_CASE("a text is read into memory of any length that another text has had") {
    std::string letters;
    while (letters.size() < 40) letters.push_back(static_cast<char>('a' + letters.size() % 26));
    for (std::size_t before = 0; before <= letters.size(); ++before) {
        for (std::size_t size = 0; size <= letters.size(); ++size) {
            const std::string written = letters.substr(0, size);
            const Bytes octets = encode(written);
            std::string read(before, '#');
            CanonicalReader reader(octets, 1);
            reader.read(read);
            REQUIRE(reader.ok());
            REQUIRE(read == written);
        }
    }
}
