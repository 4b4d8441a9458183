#include <array>
#include <certledger/events/contract.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/little_endian.hpp>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace certledger::events {
namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? value >> 1U ^ 0x82F63B78U : value >> 1U;
        table[i] = value;
    }
    return table;
}

std::uint32_t crc32c_table(std::span<const std::uint8_t> bytes) noexcept {
    static constexpr auto table = make_crc_table();
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const std::uint8_t octet : bytes) crc = crc >> 8U ^ table[(crc ^ octet) & 0xFFU];
    return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_instruction(
    std::span<const std::uint8_t> bytes) noexcept {
    std::uint64_t crc = 0xFFFFFFFFU;
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    auto narrow = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left, ++at) narrow = _mm_crc32_u8(narrow, *at);
    return ~narrow;
}
#endif

tl::unexpected<Error> damaged(const char* rule) {
    return fail(ErrorKind::damaged, std::string("record: ") + rule);
}

/// The text fields in the order in which they stand, with the offset of their length.
struct TextField {
    std::string_view RecordView::*field;
    std::size_t length_at;
};
constexpr std::array kTexts{TextField{&RecordView::stream, 6}, TextField{&RecordView::actor, 96},
                            TextField{&RecordView::account, 98}, TextField{&RecordView::command, 100},
                            TextField{&RecordView::correlation, 102}};

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) noexcept {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return crc32c_instruction(bytes);
#endif
    return crc32c_table(bytes);
}

std::size_t record_size(const RecordView& record) noexcept {
    std::size_t size = kEnvelopeSize + kChecksumSize + record.payload.size();
    for (const auto& text : kTexts) size += (record.*text.field).size();
    return size;
}

void encode_record(const RecordView& record, Bytes& out) {
    const std::size_t size = record_size(record);
    CERTLEDGER_CHECK(size <= kMaxRecordSize);
    out.resize(out.size() + size);
    encode_record(record, std::span(out).last(size));
}

void encode_record(const RecordView& record, std::span<std::uint8_t> to) {
    CERTLEDGER_CHECK(to.size() == record_size(record) && to.size() <= kMaxRecordSize);
    std::uint8_t* const at = to.data();
    store_number(at, kRecordFormat);
    store_number(at + 1, std::uint8_t{0});
    store_number(at + 2, static_cast<std::uint16_t>(record.type));
    store_number(at + 4, record.schema);
    store_number(at + 8, record.position);
    store_number(at + 16, record.version);
    store_number(at + 24, record.previous);
    store_number(at + 32, record.occurred_at.micros);
    store_number(at + 40, record.recorded_at.micros);
    std::memcpy(at + 48, record.id.octets.data(), 16);
    std::memcpy(at + 64, record.causation.octets.data(), 16);
    std::memcpy(at + 80, record.command_digest.data(), 16);
    store_number(at + 104, static_cast<std::uint32_t>(record.payload.size()));
    std::uint8_t* end = at + kEnvelopeSize;
    for (const auto& text : kTexts) {
        const std::string_view value = record.*text.field;
        store_number(at + text.length_at, static_cast<std::uint16_t>(value.size()));
        if (!value.empty()) std::memcpy(end, value.data(), value.size());
        end += value.size();
    }
    if (!record.payload.empty()) std::memcpy(end, record.payload.data(), record.payload.size());
    end += record.payload.size();
    store_number(end, crc32c({at, end}));
}

Result<RecordView> read_record_unchecked(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kEnvelopeSize + kChecksumSize) return damaged("shorter than an envelope");
    if (bytes.size() > kMaxRecordSize) return damaged("longer than 65,535 octets");
    const std::uint8_t* const at = bytes.data();
    if (at[0] != kRecordFormat) return damaged("its format is not 1");
    if (at[1] != 0) return damaged("its reserved octet is not 0");
    RecordView record;
    const auto type = from_code<EventType>(load_number<std::uint16_t>(at + 2));
    if (!type) return damaged("its type code does not exist");
    record.type = *type;
    record.schema = load_number<std::uint16_t>(at + 4);
    record.position = load_number<std::uint64_t>(at + 8);
    record.version = load_number<std::uint64_t>(at + 16);
    record.previous = load_number<std::uint64_t>(at + 24);
    record.occurred_at.micros = load_number<std::int64_t>(at + 32);
    record.recorded_at.micros = load_number<std::int64_t>(at + 40);
    std::memcpy(record.id.octets.data(), at + 48, 16);
    std::memcpy(record.causation.octets.data(), at + 64, 16);
    std::memcpy(record.command_digest.data(), at + 80, 16);
    std::size_t left = bytes.size() - kEnvelopeSize - kChecksumSize;
    const std::uint8_t* next = at + kEnvelopeSize;
    for (const auto& text : kTexts) {
        const std::size_t size = load_number<std::uint16_t>(at + text.length_at);
        if (size > left) return damaged("a text is longer than the record");
        record.*text.field = {reinterpret_cast<const char*>(next), size};
        next += size;
        left -= size;
    }
    if (load_number<std::uint32_t>(at + 104) != left)
        return damaged("the lengths of its parts do not sum to its size");
    record.payload = {next, left};
    return record;
}

Result<RecordView> read_record(std::span<const std::uint8_t> bytes) {
    auto record = read_record_unchecked(bytes);
    if (!record) return record;
    const auto body = bytes.first(bytes.size() - kChecksumSize);
    if (load_number<std::uint32_t>(bytes.data() + body.size()) != crc32c(body))
        return damaged("its checksum does not match");
    for (const auto& text : kTexts) {
        if (!well_formed_utf8((*record).*text.field)) return damaged("a text is not well-formed UTF-8");
    }
    for (const Instant instant : {record->occurred_at, record->recorded_at}) {
        if (instant < kEarliest || instant > kLatest)
            return damaged("an instant is outside the years 0001 to 9999");
    }
    if (record->position == 0) return damaged("its position is 0");
    if (record->version == 0) return damaged("its stream version is 0");
    return record;
}

}  // namespace certledger::events
