#include "stream_checks.hpp"

#include <algorithm>
#include <certledger/domain/lifecycle/machine.hpp>

namespace certledger::audit {

using events::RecordView;
using events::to_name;
using events::to_string;

namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

}  // namespace

void StreamChecks::say(std::string message) {
    if (thorough_ && position_ > share_.told) report_(position_, std::move(message));
}

/// Puts off half of the streams of this share, which then goes on with the rest.
void StreamChecks::halve(store::Position told) {
    const std::uint64_t other = share_.value | std::uint64_t{1} << share_.bits;
    ++share_.bits;
    put_off_.push_back({share_.bits, other, std::max(told, share_.told)});
    folds_.keep_only([this](const NamePrint& print) { return share_.has(print); });
}

/// Null where the stream is not of this pass.
StreamFold* StreamChecks::find(const NamePrint& stream, store::Position position) {
    while (share_.has(stream)) {
        if (StreamFold* found = folds_.of(stream); found != nullptr) return found;
        halve(position - 1);
    }
    return nullptr;
}

void StreamChecks::take(const RecordView& record, store::Position position, const NamePrint& stream,
                        const NamePrint& account, bool thorough) {
    thorough_ = thorough;
    position_ = position;
    StreamFold* fold = find(stream, position);
    if (fold == nullptr) return;
    check_order(record, account, *fold);
    check_status(record, *fold);
}

void StreamChecks::check_order(const RecordView& record, const NamePrint& account, StreamFold& stream) {
    if (record.version != stream.version + 1) {
        say("version " + number(record.version) + " of stream " + std::string(record.stream) + ": must be " +
            number(stream.version + 1));
    }
    if (record.previous != stream.last()) {
        say("pointer to the previous event " + number(record.previous) + ": must be " +
            number(stream.last()));
    }
    const auto kind = events::stream_kind(record.stream);
    const bool owned = kind == events::StreamKind::certificate || kind == events::StreamKind::quota;
    if (stream.free()) {
        stream.first_at = record.occurred_at;
        stream.account = account.high;
    } else if (owned && record.occurred_at < stream.first_at) {
        say("occurred_at " + to_string(record.occurred_at) + " is before the stream's first event");
    } else if (owned && stream.account != account.high) {
        say("account " + std::string(record.account) + " is not that of the stream");
    }
    stream.version = record.version;
    stream.set_last(position_);
}

/// By the type in the envelope: a payload that does not read is a finding of its own.
void StreamChecks::check_status(const RecordView& record, StreamFold& stream) {
    if (!events::certificate_event(record.type)) return;
    const auto status = stream.status();
    const auto next = lifecycle::next(status, record.type);
    if (!next) {
        say("event " + std::string(to_name(record.type)) + " must not follow in status " +
            (status ? std::string(to_name(*status)) : "none"));
        return;
    }
    stream.set_status(next);
}

bool StreamChecks::next_pass() {
    streams_ += folds_.size();
    ++passes_;
    if (put_off_.empty()) return false;
    share_ = put_off_.back();
    put_off_.pop_back();
    folds_.clear();
    return true;
}

}  // namespace certledger::audit
