#include "checker.hpp"

#include <algorithm>
#include <certledger/domain/lifecycle/machine.hpp>

namespace certledger::audit {

using events::EventType;
using events::Instant;
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

}  // namespace

void Checker::say(std::string message) {
    if (thorough_) report_(position_, std::move(message));
}

void Checker::miss(store::Position position, const std::string& why) {
    position_ = position;
    missed_ = true;
    report_(position, why);
}

void Checker::take(const RecordView& record, std::span<const std::uint8_t> octets, bool thorough) {
    thorough_ = thorough;
    const store::Position expected = position_ + 1;
    position_ = expected;
    if (record.position != expected) {
        say("position " + number(record.position) + ": must be " + number(expected));
    }
    edge_.append(store::tlog::leaf_hash(octets));
    if (thorough) check_octets(record, octets);
    if (record.recorded_at < recorded_at_) {
        say("recorded_at " + to_string(record.recorded_at) + " is before that of the record before");
    }
    recorded_at_ = std::max(recorded_at_, record.recorded_at);
    if (record.occurred_at > record.recorded_at) {
        say("occurred_at " + to_string(record.occurred_at) + " is after recorded_at");
    }
    check_kind(record);
    StreamFold& stream = streams_[std::string(record.stream)];
    check_order(record, stream);
    const auto event = events::decode_event(record.type, record.schema, record.payload);
    if (!event) {
        say(event.error().message);
        return;
    }
    if (thorough) {
        events::Bytes again;
        events::encode_event(*event, again);
        if (!std::equal(again.begin(), again.end(), record.payload.begin(), record.payload.end())) {
            say("payload: its octets are not the one encoding of the event that they give");
        }
    }
    fold(record, *event, stream);
}

void Checker::check_octets(const RecordView& record, std::span<const std::uint8_t> octets) {
    if (const auto read = events::read_record(octets); !read) {
        say(read.error().message);
        return;
    }
    events::Bytes again;
    events::encode_record(record, again);
    if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) {
        say("record: its octets are not the one encoding of its fields");
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
    stream.last = record.position;
}

void Checker::fold(const RecordView& record, const events::Event& event, StreamFold& stream) {
    if (events::certificate_event(record.type)) {
        fold_certificate(event, record, stream);
    } else if (kind_for(record.type) == events::StreamKind::quota) {
        fold_quota(event, record);
    } else if (const auto* adopted = std::get_if<events::PolicyAdopted>(&event)) {
        if (const auto* refund = std::get_if<events::RefundPolicy>(&adopted->policy.terms)) {
            refund_policies_[{std::string(record.stream), static_cast<std::int64_t>(record.version)}] =
                *refund;
        }
    }
}

void Checker::fold_certificate(const events::Event& event, const RecordView& record, StreamFold& stream) {
    const auto next = lifecycle::next(stream.status, record.type);
    if (!next) {
        say("event " + std::string(to_name(record.type)) + " must not follow in status " +
            (stream.status ? std::string(to_name(*stream.status)) : "none"));
        return;
    }
    stream.status = next;
    if (const auto* bought = std::get_if<events::CertificatePurchased>(&event)) {
        stream.payment = bought->payment;
        stream.paid_at = bought->paid_at;
    } else if (const auto* created = std::get_if<events::CertificateCreated>(&event)) {
        stream.payment = created->payment;
        stream.paid_at = created->paid_at;
    } else if (std::holds_alternative<events::CertificateIssued>(event)) {
        stream.issued_at = record.occurred_at;
    } else if (const auto* granted = std::get_if<events::RefundGranted>(&event)) {
        check_refund(stream, granted->inputs, granted->policy, granted->reason, true);
        if (granted->amount != stream.payment) {
            say("refund of " + to_string(granted->amount) + ": must be the payment, " +
                to_string(stream.payment));
        }
        stream.granted = granted->amount;
        stream.refunded = true;
    } else if (const auto* declined = std::get_if<events::RefundDeclined>(&event)) {
        check_refund(stream, declined->inputs, declined->policy, declined->reason, false);
    } else if (const auto* paid = std::get_if<events::RefundPaid>(&event)) {
        if (!stream.refunded || paid->amount != stream.granted) {
            say("refund-paid of " + to_string(paid->amount) + ": must be what was granted");
        }
    }
}

void Checker::check_refund(const StreamFold& stream, const events::RefundInputs& inputs,
                           const events::PolicyRef& ref, events::RefundReason reason, bool granted) {
    if (inputs.payment != stream.payment || inputs.paid_at != stream.paid_at ||
        inputs.issued_at != stream.issued_at) {
        say("refund decision: its payment, paid_at or issued_at is not that of the stream");
    }
    const auto policy = refund_policies_.find({ref.id, ref.version});
    if (policy == refund_policies_.end()) {
        say("refund decision: policy " + ref.id + " version " + std::to_string(ref.version) +
            " is no refund policy recorded before");
    } else {
        const events::RefundPolicy& terms = policy->second;
        if (terms.days != inputs.days || terms.clock != inputs.clock || terms.day != inputs.day ||
            terms.unissued != inputs.unissued || terms.ca_initiated != inputs.ca_initiated ||
            terms.zone != inputs.zone) {
            say("refund decision: its terms are not those of policy " + ref.id + " version " +
                std::to_string(ref.version));
        }
    }
    if (inputs.zone && !zones_.exists(*inputs.zone)) {
        say("refund decision: time zone " + *inputs.zone + " is not known here, it cannot be made again");
        return;
    }
    const auto again = policies::judge_again(inputs, ref, zones_);
    if (again.granted != granted || again.reason != reason || again.inputs.window_end != inputs.window_end) {
        say("refund decision: made again it is " + std::string(again.granted ? "granted" : "declined") +
            ", " + std::string(to_name(again.reason)));
    }
}

void Checker::fold_quota(const events::Event& event, const RecordView& record) {
    domain::QuotaState& quota = quotas_[std::string(record.stream)];
    const bool broken_before = quota.broken;
    if (const auto* consumed = std::get_if<events::QuotaConsumed>(&event); consumed && quota.count > 0) {
        const bool known = consumed->unit >= 1 && consumed->unit <= quota.count;
        if (!known || consumed->share != events::share(quota.price, quota.count, consumed->unit - 1)) {
            say("share of unit " + std::to_string(consumed->unit) + ": " + to_string(consumed->share) +
                " is not its part of " + to_string(quota.price));
        }
    }
    domain::evolve(quota, event, record.occurred_at, {std::string(record.account)});
    if (quota.broken && !broken_before) say("quota event does not fit the units that are free");
}

void Checker::finish() {
    position_ = 0;
    thorough_ = true;
    for (const auto& [stream, quota] : quotas_) {
        std::int64_t free = 0;
        for (const auto& [first, last] : quota.free) free += last - first + 1;
        if (free != quota.free_units()) {
            say("stream " + stream + ": bought - consumed + returned - refunded is " +
                std::to_string(quota.free_units()) + ", but " + std::to_string(free) + " units are free");
        }
    }
}

}  // namespace certledger::audit
