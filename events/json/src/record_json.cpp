#include <algorithm>
#include <certledger/events/codec.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/json/archive.hpp>
#include <certledger/events/json/event_json.hpp>
#include <certledger/events/json/parse.hpp>
#include <certledger/events/json/record_json.hpp>

namespace certledger::events::json {
namespace {

/// A member that is always there, and null when there is nothing to say.
template <class T>
struct OrNull {
    T value{};  ///< A default value is what null stands for.
};

/// Digest of a command: 16 octets.
struct CommandDigestText {
    CommandDigest value{};
};

/// SHA-256 in base64, as checkpoints and proofs write it.
struct LeafHash {
    Digest value{};
};

/// A recorded_at: always with microseconds.
struct MicrosText {
    Instant value;
};

/// A member whose meaning depends on another one: kept where it is until that one is known.
struct Deferred {
    const Json* value = nullptr;
};

}  // namespace

template <class T>
struct JsonValue<OrNull<T>> {
    static OrderedJson write(const OrNull<T>& value) {
        return value.value == T{} ? OrderedJson(nullptr) : JsonValue<T>::write(value.value);
    }
    static tl::expected<OrNull<T>, std::string> read(const Json& value) {
        if (value.is_null()) return OrNull<T>{};
        auto read = JsonValue<T>::read(value);
        if (!read) return tl::make_unexpected(std::move(read.error()));
        // One record has one JSON form.
        if (*read == T{}) return tl::make_unexpected(std::string("must be null when there is none"));
        return OrNull<T>{std::move(*read)};
    }
    static OrderedJson schema() { return {{"anyOf", {JsonValue<T>::schema(), {{"type", "null"}}}}}; }
};

template <>
struct JsonValue<CommandDigestText> {
    static OrderedJson write(const CommandDigestText& digest) {
        return to_hex(digest.value.data(), digest.value.size());
    }
    static tl::expected<CommandDigestText, std::string> read(const Json& value) {
        const auto* text = value.get_ptr<const Json::string_t*>();
        const auto bytes = text != nullptr ? bytes_from_hex(*text) : std::nullopt;
        CommandDigestText digest;
        if (!bytes || bytes->size() != digest.value.size())
            return tl::make_unexpected(must_be("32 hexadecimal digits", value));
        std::copy(bytes->begin(), bytes->end(), digest.value.begin());
        if (digest.value == CommandDigest{})
            return tl::make_unexpected(std::string("must be absent when there is none"));
        return digest;
    }
    static OrderedJson schema() { return {{"type", "string"}, {"pattern", "^[0-9A-Fa-f]{32}$"}}; }
};

template <>
struct JsonValue<LeafHash> {
    static OrderedJson write(const LeafHash& hash) { return to_base64(hash.value); }
    static tl::expected<LeafHash, std::string> read(const Json& value) {
        const auto* text = value.get_ptr<const Json::string_t*>();
        const auto digest = text != nullptr ? digest_from_base64(*text) : std::nullopt;
        if (!digest) return tl::make_unexpected(must_be("base64 of 32 octets", value));
        return LeafHash{*digest};
    }
    static OrderedJson schema() { return {{"type", "string"}, {"contentEncoding", "base64"}}; }
};

template <>
struct JsonValue<MicrosText> {
    static OrderedJson write(const MicrosText& instant) { return to_string_micros(instant.value); }
    static tl::expected<MicrosText, std::string> read(const Json& value) {
        return JsonValue<Instant>::read(value).map([](Instant instant) { return MicrosText{instant}; });
    }
    static OrderedJson schema() { return JsonValue<Instant>::schema(); }
};

template <>
struct JsonValue<Deferred> {
    static OrderedJson write(const Deferred& deferred) { return OrderedJson(*deferred.value); }
    static tl::expected<Deferred, std::string> read(const Json& value) {
        if (!value.is_object()) return tl::make_unexpected(must_be("an object", value));
        return Deferred{&value};
    }
    static OrderedJson schema() { return {{"type", "object"}}; }
};

namespace {

/// The members before `data`, and those after it that only reading needs.
struct RecordMembers {
    std::uint64_t position = 0;
    std::string stream;
    std::uint64_t version = 0;
    Uuid id;
    EventType type = EventType::ledger_created;
    std::uint16_t schema = 1;
    Instant occurred_at;
    MicrosText recorded_at;
    std::string actor;
    std::string account;
    OrNull<std::string> command;
    OrNull<std::string> correlation;
    OrNull<Uuid> causation;
    OrNull<std::uint64_t> previous;
    std::optional<CommandDigestText> command_digest;
    Deferred data;
    std::optional<LeafHash> leaf_hash;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("position", position) & make_nvp("stream", stream) & make_nvp("version", version) &
            make_nvp("id", id) & make_nvp("type", type) & make_nvp("schema", schema) &
            make_nvp("occurred_at", occurred_at) & make_nvp("recorded_at", recorded_at) &
            make_nvp("actor", actor) & make_nvp("account", account) & make_nvp("command", command) &
            make_nvp("correlation", correlation) & make_nvp("causation", causation) &
            make_nvp("previous", previous) & make_nvp("command_digest", command_digest);
        if constexpr (Archive::is_loading::value || std::is_same_v<Archive, FieldNames>)
            ar& make_nvp("data", data) & make_nvp("leaf_hash", leaf_hash);
    }
};

RecordMembers members_of(const RecordView& record) {
    RecordMembers members;
    members.position = record.position;
    members.stream = record.stream;
    members.version = record.version;
    members.id = record.id;
    members.type = record.type;
    members.schema = record.schema;
    members.occurred_at = record.occurred_at;
    members.recorded_at.value = record.recorded_at;
    members.actor = record.actor;
    members.account = record.account;
    members.command.value = record.command;
    members.correlation.value = record.correlation;
    members.causation.value = record.causation;
    members.previous.value = record.previous;
    if (record.command_digest != CommandDigest{})
        members.command_digest.emplace().value = record.command_digest;
    return members;
}

/// Views into `members` and `payload`.
RecordView view_of(const RecordMembers& members, const Bytes& payload) {
    RecordView record;
    record.type = members.type;
    record.schema = members.schema;
    record.position = members.position;
    record.version = members.version;
    record.previous = members.previous.value;
    record.occurred_at = members.occurred_at;
    record.recorded_at = members.recorded_at.value;
    record.id = members.id;
    record.causation = members.causation.value;
    if (members.command_digest) record.command_digest = members.command_digest->value;
    record.stream = members.stream;
    record.actor = members.actor;
    record.account = members.account;
    record.command = members.command.value;
    record.correlation = members.correlation.value;
    record.payload = payload;
    return record;
}

tl::unexpected<Error> invalid(std::string message) {
    return fail(ErrorKind::invalid_input, "record: " + std::move(message));
}

Result<Bytes> payload_of(const RecordMembers& members) {
    const unsigned newest = schema_of(make_event(members.type));
    if (members.schema == 0 || members.schema > newest) {
        return invalid("schema must be one of 1 to " + std::to_string(newest) + ", is " +
                       std::to_string(members.schema));
    }
    const auto event = event_from_json(members.type, members.schema, *members.data.value);
    if (!event) return invalid("data." + event.error().message);
    Bytes payload;
    CanonicalWriter writer(payload);
    // Not encode_event(): that writes the newest schema version, and this record may be older.
    std::visit([&](auto held) { held.serialize(writer, members.schema); }, *event);
    return payload;
}

}  // namespace

Result<OrderedJson> record_to_object(const RecordView& record, const std::optional<Digest>& leaf_hash) {
    for (const auto text :
         {record.stream, record.actor, record.account, record.command, record.correlation}) {
        if (!well_formed_utf8(text))
            return fail(ErrorKind::damaged, "record: a text is not well-formed UTF-8");
    }
    const auto event = decode_event(record.type, record.schema, record.payload);
    if (!event) return tl::make_unexpected(event.error());
    OrderedJson object = to_json_object(members_of(record));
    object["data"] = event_to_json(*event, record.schema);
    if (leaf_hash) object["leaf_hash"] = to_base64(*leaf_hash);
    return object;
}

Result<std::string> record_to_json(const RecordView& record, const std::optional<Digest>& leaf_hash) {
    return record_to_object(record, leaf_hash).map([](const OrderedJson& object) { return object.dump(); });
}

Result<ReadRecord> record_from_json(std::string_view line) {
    auto json = parse(line, kMaxRecordLine);
    if (!json) return invalid(std::move(json.error().message));
    const auto members = from_json<RecordMembers>(*json);
    if (!members) return invalid(members.error().message);
    const auto payload = payload_of(*members);
    if (!payload) return tl::make_unexpected(payload.error());
    const RecordView record = view_of(*members, *payload);
    if (record_size(record) > kMaxRecordSize) return invalid("its octets must be at most 65,535");
    ReadRecord read;
    encode_record(record, read.bytes);
    if (const auto checked = read_record(read.bytes); !checked)
        return fail(ErrorKind::invalid_input, checked.error().message);
    if (members->leaf_hash) read.leaf_hash = members->leaf_hash->value;
    return read;
}

}  // namespace certledger::events::json
