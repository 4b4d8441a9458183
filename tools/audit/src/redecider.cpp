#include "redecider.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>

namespace certledger::audit {

using events::RecordView;
using events::to_name;
using events::type_of;

namespace {

std::string name_of(const events::Event& event) { return std::string(to_name(type_of(event))); }

/// Streams on which commands leave events; the others have no decision behind them.
bool decided(const RecordView& record) {
    const auto kind = events::stream_kind(record.stream);
    return kind == events::StreamKind::certificate || kind == events::StreamKind::quota ||
           kind == events::StreamKind::policy;
}

HeldEvent hold(const RecordView& record) {
    HeldEvent held;
    held.position = record.position;
    held.stream = record.stream;
    held.account = record.account;
    held.command = record.command;
    held.occurred_at = record.occurred_at;
    held.version = record.version;
    return held;
}

RecordView view_of(const HeldEvent& held) {
    RecordView record;
    record.type = type_of(held.event);
    record.position = held.position;
    record.version = held.version;
    record.stream = held.stream;
    record.account = held.account;
    record.occurred_at = held.occurred_at;
    return record;
}

bool of_one_command(const HeldEvent& a, const HeldEvent& b) {
    return a.account == b.account && a.command == b.command && a.occurred_at == b.occurred_at;
}

}  // namespace

void Redecider::half_done() {
    report_(answered_.position, "the command of event " + name_of(answered_.event) + " must also leave " +
                                    name_of(expected_.back().event) + " on stream " +
                                    expected_.back().stream.value);
    expected_.clear();
}

void Redecider::fold(const RecordView& record, const events::Event& event) {
    if (auto unbalanced = world_.take(record, event))
        report_(record.position, "stream " + std::string(record.stream) + ": " + *unbalanced);
}

bool Redecider::fits_expected(const HeldEvent& held) const {
    const auto& next = expected_.back();
    return next.stream.value == held.stream && type_of(next.event) == type_of(held.event) &&
           of_one_command(held, answered_);
}

void Redecider::answer_expected(HeldEvent held) {
    if (!(expected_.back().event == held.event))
        report_(held.position, "decided again, " + name_of(held.event) + " says something else");
    expected_.pop_back();
    fold(view_of(held), held.event);
    answered_ = std::move(held);
}

void Redecider::only_fold(const RecordView& record, const events::Event& event) {
    if (!group_.empty()) end_group();
    if (!expected_.empty()) half_done();
    fold(record, event);
}

void Redecider::take(const RecordView& record, events::Event event, bool judge) {
    if (!decided(record)) return only_fold(record, event);
    HeldEvent held = hold(record);
    if (!judge || (amid_ && of_one_command(answered_, held))) {
        // What does not come out here is not asked about.
        static_cast<void>(world_.take(record, event));
        answered_ = std::move(held);
        amid_ = true;
        return;
    }
    amid_ = false;
    held.event = std::move(event);
    if (!expected_.empty()) {
        if (fits_expected(held)) return answer_expected(std::move(held));
        half_done();
    }
    if (!group_.empty() && !of_one_command(group_.front(), held)) end_group();
    group_.push_back(std::move(held));
    if (group_.size() >= events_needed(group_)) end_group();
}

/// Judges what is held and folds it.
void Redecider::end_group() {
    judge_group();
    for (const auto& held : group_) fold(view_of(held), held.event);
    answered_ = std::move(group_.back());
    group_.clear();
}

void Redecider::judge_group() {
    const HeldEvent& first = group_.front();
    const auto say = [&](const std::string& why) { report_(first.position, why); };
    try {
        const auto question = question_of(group_, world_);
        if (!question)
            return say("event " + name_of(first.event) + " must not stand without those of its command");
        ++decisions_;
        auto refusal = domain::shape_fault(question->command, question->facts);
        if (!refusal) {
            refusal = domain::existence_fault(question->header, question->command, question->facts, world_);
        }
        auto again = refusal ? domain::Decision(tl::make_unexpected(*refusal))
                             : domain::decide(question->header, question->command, question->facts, world_);
        if (!again) {
            return say("decided again, " + std::string(to_name(domain::type_of(question->command))) +
                       " is refused: " + std::string(to_name(again.error().code)) + ", " +
                       again.error().message);
        }
        compare(*again);
    } catch (const UnknownState&) {
        // Hangs on records that do not read; those are findings.
    } catch (const ContractViolation&) {
        say("cannot be decided again: its stream is broken");
    }
}

void Redecider::compare(const std::vector<domain::Caused>& again) {
    for (std::size_t i = 0; i < group_.size(); ++i) {
        const HeldEvent& held = group_[i];
        if (i >= again.size() || again[i].stream.value != held.stream ||
            type_of(again[i].event) != type_of(held.event)) {
            return report_(held.position,
                           "decided again, " + name_of(held.event) + " is not what its command leaves");
        }
        if (!(again[i].event == held.event))
            report_(held.position, "decided again, " + name_of(held.event) + " says something else");
    }
    expected_.assign(again.rbegin(), again.rend() - static_cast<std::ptrdiff_t>(group_.size()));
}

void Redecider::miss(store::Position position) {
    if (!group_.empty()) end_group();
    expected_.clear();
    world_.lose(position);
}

void Redecider::finish() {
    if (!group_.empty()) end_group();
    if (!expected_.empty()) half_done();
}

}  // namespace certledger::audit
