#include "checker.hpp"

#include <algorithm>
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
    streams_.take(record, position_, prepared.stream, prepared.account, thorough);
    if (thorough) note_ids(record);
    if (!prepared.event) return redecider_.miss(position_);
    redecider_.take(record, std::move(*prepared.event), thorough);
}

void Checker::take_again(const Prepared& prepared, bool thorough) {
    if (prepared.missing) return;
    streams_.take(prepared.record, prepared.position, prepared.stream, prepared.account, thorough);
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
}

}  // namespace certledger::audit
