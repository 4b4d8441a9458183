// Role: records to append and what was read back, for the tests of the stores.
#pragma once

#include <certledger/store/event_store.hpp>
#include <string>
#include <vector>

namespace certledger::store::testing {

inline events::Bytes bytes_of(std::string_view text) { return events::Bytes(text.begin(), text.end()); }

inline PendingRecord pending(std::string stream, std::string_view payload = "payload") {
    PendingRecord record;
    record.stream.value = std::move(stream);
    record.type = events::EventType::certificate_purchased;
    record.occurred_at = events::Instant::from_seconds(1'700'000'000);
    record.not_before = record.occurred_at;
    record.actor = "tester";
    record.account = "default";
    record.payload = bytes_of(payload);
    return record;
}

/// A record that can be found again by `command`.
inline PendingRecord pending_command(std::string stream, std::string command) {
    PendingRecord record = pending(std::move(stream));
    record.command = std::move(command);
    return record;
}

/// The key under which a record with a command's id is found.
inline std::string command_key(std::string_view command) { return "command:" + std::string(command); }

inline void keys_of(const events::RecordView& record, std::vector<std::string>& keys) {
    if (!record.command.empty()) keys.push_back(command_key(record.command));
}

inline Append append_of(std::vector<PendingRecord> records, std::vector<Expectation> expectations = {}) {
    Append append;
    append.records = std::move(records);
    append.expectations = std::move(expectations);
    return append;
}

inline Append append_to(const std::string& stream, std::size_t count = 1) {
    Append append;
    for (std::size_t i = 0; i < count; ++i)
        append.records.push_back(pending(stream, "payload " + std::to_string(i)));
    return append;
}

/// What a visitor saw of a record.
struct Seen {
    std::string stream;
    std::uint64_t position = 0;
    std::uint64_t version = 0;
    std::uint64_t previous = 0;
    events::Instant recorded_at;
    std::string payload;
    events::Bytes bytes;
};

inline Seen seen(const events::RecordView& record, std::span<const std::uint8_t> bytes) {
    return {std::string(record.stream),
            record.position,
            record.version,
            record.previous,
            record.recorded_at,
            std::string(record.payload.begin(), record.payload.end()),
            events::Bytes(bytes.begin(), bytes.end())};
}

/// A visitor that keeps what it sees and stops after `limit` records.
class Collector {
  public:
    explicit Collector(std::size_t limit = ~std::size_t{0}) : limit_(limit) {}
    RecordVisitor visitor() {
        return [this](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
            all.push_back(seen(record, bytes));
            return all.size() < limit_;
        };
    }
    [[nodiscard]] std::vector<std::uint64_t> positions() const {
        std::vector<std::uint64_t> out;
        for (const Seen& one : all) out.push_back(one.position);
        return out;
    }
    [[nodiscard]] std::vector<std::uint64_t> versions() const {
        std::vector<std::uint64_t> out;
        for (const Seen& one : all) out.push_back(one.version);
        return out;
    }

    std::vector<Seen> all;

  private:
    std::size_t limit_;
};

inline std::vector<Seen> whole_log(const EventStore& store) {
    Collector collector;
    const auto read = store.read_all(1, ~std::uint64_t{0}, collector.visitor());
    if (!read) throw std::runtime_error(read.error().message);
    return std::move(collector.all);
}

}  // namespace certledger::store::testing
