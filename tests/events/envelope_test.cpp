#include <catch2/catch.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/events/envelope.hpp>

#include "samples.hpp"

using namespace certledger;
using namespace certledger::events;
using namespace certledger::testing;

namespace {

RecordView plain() {
    RecordView record;
    record.position = 1;
    record.version = 1;
    record.stream = "ledger";
    record.actor = "ada";
    record.account = "default";
    return record;
}

void put_little_endian(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8U * i);
}

/// The octets with a checksum that fits, so that only the rule under test can refuse them.
Bytes sealed(Bytes bytes) {
    const std::size_t body = bytes.size() - kChecksumSize;
    put_little_endian(bytes, body, crc32c(std::span(bytes).first(body)), 4);
    return bytes;
}

std::string refusal(const Bytes& bytes) {
    const auto record = read_record(bytes);
    if (record) return "";
    CHECK(record.error().kind == ErrorKind::damaged);
    return record.error().message;
}

bool equal(const RecordView& a, const RecordView& b) {
    return a.type == b.type && a.schema == b.schema && a.position == b.position && a.version == b.version &&
           a.previous == b.previous && a.occurred_at == b.occurred_at && a.recorded_at == b.recorded_at &&
           a.id == b.id && a.causation == b.causation && a.command_digest == b.command_digest &&
           a.stream == b.stream && a.actor == b.actor && a.account == b.account && a.command == b.command &&
           a.correlation == b.correlation &&
           std::equal(a.payload.begin(), a.payload.end(), b.payload.begin(), b.payload.end());
}

}  // namespace

TEST_CASE("the checksum is CRC-32C") {
    // RFC 3720 appendix B.4.
    Bytes ascending(32);
    for (std::size_t i = 0; i < ascending.size(); ++i) ascending[i] = static_cast<std::uint8_t>(i);
    CHECK(crc32c(Bytes(32, 0x00)) == 0x8A9136AAU);
    CHECK(crc32c(Bytes(32, 0xFF)) == 0x62A8AB43U);
    CHECK(crc32c(ascending) == 0x46DD794EU);
    CHECK(crc32c({}) == 0);
    const std::string_view check = "123456789";
    CHECK(crc32c({reinterpret_cast<const std::uint8_t*>(check.data()), check.size()}) == 0xE3069283U);
}

TEST_CASE("any record comes back, checked or not, as large as announced") {
    Random random(3);
    for (const EventType type : event_types()) {
        RandomRecord storage;
        fill_random_record(type, random, storage);
        Bytes bytes{0xAB};
        encode_record(storage.view, bytes);
        REQUIRE(bytes.size() == 1 + record_size(storage.view));
        CHECK(bytes.front() == 0xAB);
        const auto octets = std::span(bytes).subspan(1);
        const auto record = read_record(octets);
        REQUIRE(record);
        CHECK(equal(*record, storage.view));
        CHECK(equal(*read_record_unchecked(octets), storage.view));
    }
}

TEST_CASE("every single changed octet of a record is found") {
    const Bytes bytes = sample_records(EventType::certificate_issued).front();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int flip : {1, 0x10, 0x80, 0xFF}) {
            Bytes changed = bytes;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
            REQUIRE_FALSE(refusal(changed).empty());
        }
    }
}

TEST_CASE("a record cut short anywhere, or longer, is refused") {
    const Bytes bytes = sample_records(EventType::certificate_issued).front();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        REQUIRE_FALSE(refusal(cut).empty());
        REQUIRE_FALSE(read_record_unchecked(cut));
        if (size > kChecksumSize) REQUIRE_FALSE(refusal(sealed(cut)).empty());
    }
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK_FALSE(refusal(sealed(longer)).empty());
}

TEST_CASE("each rule of the envelope refuses by itself, with a checksum that fits") {
    const Bytes good = encoded(plain());
    REQUIRE(refusal(good).empty());
    const auto with = [&](std::size_t at, std::uint64_t value, std::size_t size) {
        Bytes bytes = good;
        put_little_endian(bytes, at, value, size);
        return refusal(sealed(bytes));
    };
    CHECK(with(0, 0, 1) == "record: its format is not 1");
    CHECK(with(0, 2, 1) == "record: its format is not 1");
    CHECK(with(1, 1, 1) == "record: its reserved octet is not 0");
    CHECK(with(2, 0, 2) == "record: its type code does not exist");
    CHECK(with(2, 0xFFFF, 2) == "record: its type code does not exist");
    CHECK(with(8, 0, 8) == "record: its position is 0");
    CHECK(with(16, 0, 8) == "record: its stream version is 0");
    for (const std::size_t at : {32U, 40U}) {
        CHECK(with(at, static_cast<std::uint64_t>(kLatest.micros) + 1, 8) ==
              "record: an instant is outside the years 0001 to 9999");
        CHECK(with(at, static_cast<std::uint64_t>(kEarliest.micros) - 1, 8) ==
              "record: an instant is outside the years 0001 to 9999");
    }
    for (const std::size_t at : {6U, 96U, 98U, 100U, 102U}) {
        CHECK(with(at, 0xFFFF, 2) == "record: a text is longer than the record");
        CHECK_FALSE(with(at, 1, 2).empty());
    }
    CHECK(with(104, 1, 4) == "record: the lengths of its parts do not sum to its size");
    CHECK(with(104, 0xFFFFFFFF, 4) == "record: the lengths of its parts do not sum to its size");
    CHECK(with(kEnvelopeSize, 0xFF, 1) == "record: a text is not well-formed UTF-8");
    Bytes torn = good;
    torn.back() ^= 1U;
    CHECK(refusal(torn) == "record: its checksum does not match");
}

TEST_CASE("a record is at most 65,535 octets") {
    RecordView record = plain();
    const Bytes payload(kMaxRecordSize - record_size(record), 0x55);
    record.payload = payload;
    const Bytes bytes = encoded(record);
    CHECK(bytes.size() == kMaxRecordSize);
    CHECK(refusal(bytes).empty());
    const Bytes more(payload.size() + 1, 0x55);
    record.payload = more;
    CHECK_THROWS_AS(encoded(record), ContractViolation);
    CHECK(refusal(Bytes(kMaxRecordSize + 1, 1)) == "record: longer than 65,535 octets");
}
