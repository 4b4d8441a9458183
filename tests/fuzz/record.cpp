#include <algorithm>
#include <certledger/events/codec.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/json/event_json.hpp>
#include <certledger/events/json/record_json.hpp>

#include "targets.hpp"

namespace certledger::fuzz {
namespace {

using events::Bytes;

bool same(Octets a, Octets b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// A fuzzer does not hit upon a checksum by itself.
Bytes with_checksum(Octets octets) {
    Bytes bytes(octets.begin(), octets.end());
    if (bytes.size() < events::kChecksumSize) return bytes;
    const std::size_t end = bytes.size() - events::kChecksumSize;
    const std::uint32_t sum = events::crc32c(std::span(bytes).first(end));
    for (std::size_t i = 0; i < events::kChecksumSize; ++i)
        bytes[end + i] = static_cast<std::uint8_t>(sum >> (8 * i));
    return bytes;
}

/// What stands in JSON makes the same octets again.
void json_gives(const events::RecordView& record, Octets octets) {
    const auto line = events::json::record_to_json(record, std::nullopt);
    if (!line) return;
    const auto again = events::json::record_from_json(*line);
    CERTLEDGER_CHECK(again.has_value());
    CERTLEDGER_CHECK(same(again->bytes, octets));
}

void check_record(Octets octets) {
    const auto unchecked = events::read_record_unchecked(octets);
    const auto record = events::read_record(octets);
    if (!record) return;
    CERTLEDGER_CHECK(unchecked.has_value());
    CERTLEDGER_CHECK(events::record_size(*record) == octets.size());
    Bytes again;
    events::encode_record(*record, again);
    CERTLEDGER_CHECK(same(again, octets));
    const auto event = events::decode_event(record->type, record->schema, record->payload);
    if (!event) return;
    Bytes payload;
    events::encode_event(*event, payload);
    CERTLEDGER_CHECK(same(payload, record->payload));
    json_gives(*record, octets);
}

}  // namespace

void record(Octets octets) {
    check_record(octets);
    check_record(with_checksum(octets));
}

void event(Octets octets) {
    if (octets.size() < 2) return;
    const auto type =
        events::from_code<events::EventType>(static_cast<std::uint16_t>(octets[0] | (octets[1] << 8U)));
    if (!type) return;
    const Octets payload = octets.subspan(2);
    const auto event = events::decode_event(*type, 1, payload);
    if (!event) return;
    CERTLEDGER_CHECK(events::type_of(*event) == *type);
    Bytes again;
    events::encode_event(*event, again);
    CERTLEDGER_CHECK(same(again, payload));
    // The same object in JSON is the same event.
    const auto object = events::json::event_to_json(*event, 1);
    const auto read = events::json::event_from_json(*type, 1, events::json::Json::parse(object.dump()));
    CERTLEDGER_CHECK(read.has_value());
    CERTLEDGER_CHECK(*read == *event);
}

void record_json(Octets octets) {
    const auto read = events::json::record_from_json(text_of(octets));
    if (!read) return;
    const auto record = events::read_record(read->bytes);
    CERTLEDGER_CHECK(record.has_value());
    const auto line = events::json::record_to_json(*record, read->leaf_hash);
    CERTLEDGER_CHECK(line.has_value());
    const auto again = events::json::record_from_json(*line);
    CERTLEDGER_CHECK(again.has_value());
    CERTLEDGER_CHECK(again->bytes == read->bytes);
    CERTLEDGER_CHECK(again->leaf_hash == read->leaf_hash);
    check_record(read->bytes);
}

}  // namespace certledger::fuzz
