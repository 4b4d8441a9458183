#include "checker.hpp"

#include <algorithm>
#include <certledger/domain/lifecycle/machine.hpp>
#include <cstring>

namespace certledger::audit {

using events::EventType;
using events::RecordView;
using events::to_name;
using events::to_string;

namespace {

/// The kind of stream that events of a type stand on.
events::StreamKind kind_for(EventType type) {
    if (events::certificate_event(type)) return events::StreamKind::certificate;
    switch (type) {
        case EventType::policy_adopted:
            return events::StreamKind::policy;
        case EventType::command_refused:
            return events::StreamKind::rejection;
        case EventType::quota_purchased:
        case EventType::quota_consumed:
        case EventType::quota_returned:
        case EventType::quota_refunded:
            return events::StreamKind::quota;
        default:
            return events::StreamKind::ledger;
    }
}

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string command_of(const RecordView& record) {
    return std::string(record.account) + "/" + std::string(record.command);
}

std::uint64_t fingerprint(const events::Uuid& id) {
    std::uint64_t halves[2];
    static_assert(sizeof(halves) == sizeof(id.octets));
    std::memcpy(halves, id.octets.data(), sizeof(halves));
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
    return halves[0] * kOdd ^ halves[1];
}

}  // namespace

void Checker::say(std::string message) {
    if (thorough_) report_(position_, std::move(message));
}

void Checker::miss(const std::string& why) {
    missed_ = true;
    report_(position_, why);
    redecider_.miss(position_);
}

void Checker::take(Prepared& prepared, bool thorough) {
    thorough_ = thorough;
    position_ = prepared.position;
    if (prepared.missing) return miss(*prepared.missing);
    const RecordView& record = prepared.record;
    if (record.position != position_) {
        say("position " + number(record.position) + ": must be " + number(position_));
    }
    edge_.append(prepared.leaf);
    for (auto& fault : prepared.faults) say(std::move(fault));
    check_times(record);
    check_kind(record);
    StreamFold& stream = streams_[std::string(record.stream)];
    check_order(record, stream);
    if (thorough) note_ids(record);
    if (!prepared.event) return redecider_.miss(position_);
    check_status(record, stream);
    redecider_.take(record, std::move(*prepared.event), thorough);
}

void Checker::check_times(const RecordView& record) {
    if (record.recorded_at < recorded_at_) {
        say("recorded_at " + to_string(record.recorded_at) + " is before that of the record before");
    }
    recorded_at_ = std::max(recorded_at_, record.recorded_at);
    if (record.occurred_at > record.recorded_at) {
        say("occurred_at " + to_string(record.occurred_at) + " is after recorded_at");
    }
}

void Checker::check_kind(const RecordView& record) {
    const auto kind = events::stream_kind(record.stream);
    if (!kind || *kind != kind_for(record.type)) {
        say("event " + std::string(to_name(record.type)) + " must not stand on stream " +
            std::string(record.stream));
    }
    const bool genesis = record.type == EventType::ledger_created;
    if (genesis != (position_ == 1)) say("the first record, and no other, must be ledger-created");
}

void Checker::check_order(const RecordView& record, StreamFold& stream) {
    if (record.version != stream.version + 1) {
        say("version " + number(record.version) + " of stream " + std::string(record.stream) + ": must be " +
            number(stream.version + 1));
    }
    if (record.previous != stream.last) {
        say("pointer to the previous event " + number(record.previous) + ": must be " + number(stream.last));
    }
    const auto account =
        accounts_.emplace(record.account, static_cast<std::uint32_t>(accounts_.size())).first->second;
    const auto kind = events::stream_kind(record.stream);
    const bool owned = kind == events::StreamKind::certificate || kind == events::StreamKind::quota;
    if (stream.version == 0) {
        stream.first_at = record.occurred_at;
        stream.account = account;
    } else if (owned && record.occurred_at < stream.first_at) {
        say("occurred_at " + to_string(record.occurred_at) + " is before the stream's first event");
    } else if (owned && stream.account != account) {
        say("account " + std::string(record.account) + " is not that of the stream");
    }
    stream.version = record.version;
    stream.last = position_;
}

void Checker::check_status(const RecordView& record, StreamFold& stream) {
    if (!events::certificate_event(record.type)) return;
    const auto next = lifecycle::next(stream.status, record.type);
    if (!next) {
        say("event " + std::string(to_name(record.type)) + " must not follow in status " +
            (stream.status ? std::string(to_name(*stream.status)) : "none"));
        return;
    }
    stream.status = next;
}

void Checker::note_ids(const RecordView& record) {
    event_ids_.add(fingerprint(record.id), position_);
    // The events of one command stand together; a refused one has claimed nothing.
    if (record.command.empty() || record.type == EventType::command_refused) return;
    std::string command = command_of(record);
    if (command == last_command_) return;
    last_command_ = std::move(command);
    command_ids_.add(std::hash<std::string>()(last_command_), position_);
}

void Checker::report_repeats() {
    const auto both = [this](store::Position first, store::Position again, const auto& same) {
        const auto a = log_.record(first);
        const auto b = log_.record(again);
        const auto one =
            a ? events::read_record_unchecked(*a) : Result<RecordView>(tl::make_unexpected(a.error()));
        const auto two =
            b ? events::read_record_unchecked(*b) : Result<RecordView>(tl::make_unexpected(b.error()));
        return one && two && same(*one, *two);
    };
    const bool ids = event_ids_.finish([&](store::Position first, store::Position again) {
        if (both(first, again, [](const auto& a, const auto& b) { return a.id == b.id; }))
            report_(again, "event id: must be its own, is that of record " + number(first));
    });
    const bool commands = command_ids_.finish([&](store::Position first, store::Position again) {
        if (both(first, again, [](const auto& a, const auto& b) { return command_of(a) == command_of(b); }))
            report_(again, "command id: must be its own, record " + number(first) + " has claimed it");
    });
    if (!ids || !commands)
        report_(0, "ids: whether one stands twice is not known, the temporary file failed");
}

void Checker::finish() {
    redecider_.finish();
    report_repeats();
    redecider_.world().each_unbalanced([this](const std::string& stream, const std::string& why) {
        report_(0, "stream " + stream + ": " + why);
    });
}

}  // namespace certledger::audit
