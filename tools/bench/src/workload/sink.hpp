// Role: makes records of events, one command after another.
#pragma once

#include <certledger/events/canonical.hpp>
#include <certledger/events/events.hpp>
#include <certledger/store/event_store.hpp>

#include "workload/names.hpp"
#include "workload/random.hpp"

namespace certledger::bench {

/// Not thread-safe.
class Sink {
  public:
    explicit Sink(Random& random) : random_(random) {}

    /// Where records go from now on; outlives the calls that follow.
    void into(std::vector<store::PendingRecord>& records) { records_ = &records; }
    /// Takes back records that are done with: their memory is used again, which a third of the time went
    /// into.
    void recycle(std::vector<store::PendingRecord>& records) {
        if (spare_.empty()) spare_.swap(records);
        records.clear();
    }

    /// Starts a command of the account at the instant. A quarter bring an id, as those of programs do.
    void begin(const events::AccountId& account, events::Instant now) {
        account_ = &account;
        now_ = now;
        actor_ = make_actor(random_);
        command_.clear();
        digest_ = {};
        if (random_.percent(25)) {
            command_ = "cmd-" + random_.hex(16);
            random_.fill(digest_);
        }
    }

    /// One event of the command.
    template <events::EventStruct E>
    void put(const events::StreamId& stream, const E& event) {
        store::PendingRecord& record = records_->emplace_back(next_spare());
        record.stream.value = stream.value;
        record.type = E::kType;
        record.schema = static_cast<std::uint16_t>(E::kSchema);
        record.occurred_at = now_;
        record.not_before = now_;
        record.id = make_uuid(now_);
        record.actor = actor_;
        record.account = account_->value;
        record.command = command_;
        record.command_digest = digest_;
        record.payload.clear();
        record.payload.reserve(192);
        events::CanonicalWriter(record.payload).write(event);
    }

    /// In the form of RFC 9562 section 5.7 (version 7).
    events::Uuid make_uuid(events::Instant now) {
        events::Uuid uuid;
        random_.fill(uuid.octets);
        const auto milliseconds = static_cast<std::uint64_t>(now.micros / 1'000);
        for (unsigned i = 0; i < 6; ++i)
            uuid.octets[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
        uuid.octets[6] = static_cast<std::uint8_t>((uuid.octets[6] & 0x0FU) | 0x70U);
        uuid.octets[8] = static_cast<std::uint8_t>((uuid.octets[8] & 0x3FU) | 0x80U);
        return uuid;
    }

  private:
    store::PendingRecord next_spare() {
        if (spare_.empty()) return {};
        store::PendingRecord spare = std::move(spare_.back());
        spare_.pop_back();
        return spare;
    }

    Random& random_;
    std::vector<store::PendingRecord> spare_;
    std::vector<store::PendingRecord>* records_ = nullptr;
    const events::AccountId* account_ = nullptr;
    events::Instant now_;
    const char* actor_ = "certledger";
    std::string command_;
    events::CommandDigest digest_{};
};

}  // namespace certledger::bench
