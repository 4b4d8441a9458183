#include <algorithm>
#include <bit>
#include <certledger/events/contract.hpp>
#include <certledger/store/append_plan.hpp>
#include <certledger/store/tlog/hash.hpp>

namespace certledger::store {
namespace {

events::RecordView view_of(const PendingRecord& pending) {
    events::RecordView view;
    view.type = pending.type;
    view.schema = pending.schema;
    view.occurred_at = pending.occurred_at;
    view.id = pending.id;
    view.causation = pending.causation;
    view.command_digest = pending.command_digest;
    view.stream = pending.stream.value;
    view.actor = pending.actor;
    view.account = pending.account;
    view.command = pending.command;
    view.correlation = pending.correlation;
    view.payload = pending.payload;
    return view;
}

tl::unexpected<Error> refused(std::size_t index, const std::string& rule) {
    return fail(ErrorKind::invalid_input, "record " + std::to_string(index + 1) + " of the append: " + rule);
}

/// The reader of records refuses these, so they must never get into the log.
Result<void> check_fields(const PendingRecord& record, std::size_t index) {
    if (record.stream.empty()) return refused(index, "stream is empty");
    if (record.schema == 0) return refused(index, "schema version is 0, must be at least 1");
    const std::pair<const char*, std::string_view> texts[] = {{"stream", record.stream.value},
                                                              {"actor", record.actor},
                                                              {"account", record.account},
                                                              {"command", record.command},
                                                              {"correlation", record.correlation}};
    for (const auto& [name, text] : texts) {
        if (!events::well_formed_utf8(text))
            return refused(index, std::string(name) + " is not well-formed UTF-8");
    }
    const std::pair<const char*, events::Instant> instants[] = {{"occurred_at", record.occurred_at},
                                                                {"not_before", record.not_before}};
    for (const auto& [name, instant] : instants) {
        if (instant < events::kEarliest || instant > events::kLatest)
            return refused(index, std::string(name) + " is outside the years 0001 to 9999");
    }
    return {};
}

/// The part of a print by which slots are found and told apart.
std::uint32_t part_of(const NamePrint& print) { return static_cast<std::uint32_t>(print.high); }

std::string describe(const ExpectedVersion& expected) {
    switch (expected.kind) {
        case ExpectedVersion::Kind::any:
            return "any";
        case ExpectedVersion::Kind::no_stream:
            return "no stream";
        case ExpectedVersion::Kind::stream_exists:
            return "an existing stream";
        case ExpectedVersion::Kind::exact:
            return "version " + std::to_string(expected.version);
    }
    return "an unknown expectation";
}

}  // namespace

Result<std::size_t> check_append(const Append& append) {
    CERTLEDGER_CHECK(!append.records.empty());
    std::size_t total = 0;
    for (std::size_t i = 0; i < append.records.size(); ++i) {
        const std::size_t size = events::record_size(view_of(append.records[i]));
        if (size > events::kMaxRecordSize) {
            return refused(i, std::to_string(size) + " octets, must be at most " +
                                  std::to_string(events::kMaxRecordSize));
        }
        if (auto checked = check_fields(append.records[i], i); !checked)
            return tl::make_unexpected(checked.error());
        total += size;
    }
    if (total > kMaxAppendSize) {
        return fail(ErrorKind::invalid_input, "append: " + std::to_string(total) +
                                                  " octets, must be at most " +
                                                  std::to_string(kMaxAppendSize));
    }
    return total;
}

AppendPlanner::AppendPlanner(Log log, std::size_t records, std::size_t octets, AppendPlan memory)
    : log_(std::move(log)),
      plan_(std::move(memory)),
      slots_(std::bit_ceil(std::max<std::size_t>(records, 4) * 2)) {
    known_.reserve(records);
    // What stands there is written over.
    if (plan_.octets.size() < octets) plan_.octets.resize(octets);
    plan_.offsets.assign(1, 0);
    plan_.offsets.reserve(records + 1);
    plan_.stored.clear();
    plan_.stored.reserve(records);
    plan_.ends.clear();
    plan_.head = log_.head;
    // The first record of an empty log has none before it to be later than.
    if (log_.head.position == 0) plan_.head.recorded_at = events::kEarliest;
}

std::size_t AppendPlanner::slot_of(const NamePrint& print) const {
    const std::size_t mask = slots_.size() - 1;
    const std::uint32_t part = part_of(print);
    std::size_t slot = part & mask;
    while (slots_[slot].known != kNone &&
           (slots_[slot].part != part || known_[slots_[slot].known].end.print != print))
        slot = (slot + 1) & mask;
    return slot;
}

void AppendPlanner::grow_slots() {
    std::vector<Slot> before(slots_.size() * 2);
    std::swap(before, slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& held : before) {
        if (held.known == kNone) continue;
        std::size_t slot = held.part & mask;
        while (slots_[slot].known != kNone) slot = (slot + 1) & mask;
        slots_[slot] = held;
    }
}

/// The stream's end as the plan leaves it; the log is asked where it was not met before.
Result<AppendPlanner::Known*> AppendPlanner::known(std::string_view stream) {
    const NamePrint print = print_of(stream);
    std::size_t slot = slot_of(print);
    if (slots_[slot].known == kNone) {
        const auto head = log_.stream_head(stream, print);
        if (!head) return tl::make_unexpected(head.error());
        if (known_.size() * 2 >= slots_.size()) {
            grow_slots();
            slot = slot_of(print);
        }
        slots_[slot] = {part_of(print), static_cast<std::uint32_t>(known_.size())};
        known_.push_back({{stream, print, *head}, false});
    }
    return &known_[slots_[slot].known];
}

/// Position of the newest planned record that carries the key; 0 for none.
Position AppendPlanner::planned_with(std::string_view key) {
    std::vector<std::string> keys;
    for (; log_.keys_of != nullptr && keyed_ < plan_.count(); ++keyed_) {
        const auto record = events::read_record_unchecked(plan_.record(keyed_));
        CERTLEDGER_CHECK(record.has_value());
        keys.clear();
        log_.keys_of(*record, keys);
        for (std::string& made : keys) keys_[std::move(made)] = record->position;
    }
    const auto found = keys_.find(std::string(key));
    const std::uint32_t met = slots_[slot_of(print_of(key))].known;
    return std::max(found == keys_.end() ? 0 : found->second,
                    met == kNone || !known_[met].written ? 0 : known_[met].end.head.position);
}

Result<void> AppendPlanner::check_reads(const Append& append) {
    for (const std::string& key : append.reads) {
        auto position = log_.newest(key, append.decided_at);
        if (!position) return tl::make_unexpected(position.error());
        if (plan_.count() > 0) *position = std::max(*position, planned_with(key));
        if (*position > append.decided_at) {
            return fail(ErrorKind::conflict, "the decision at position " + std::to_string(append.decided_at) +
                                                 " read " + key + ", which record " +
                                                 std::to_string(*position) + " has changed since");
        }
    }
    return {};
}

Result<void> AppendPlanner::check_expectations(const Append& append) {
    for (const Expectation& expectation : append.expectations) {
        if (expectation.expected.kind == ExpectedVersion::Kind::any) continue;
        const std::string& stream = expectation.stream.value;
        const auto found = known(stream);
        if (!found) return tl::make_unexpected(found.error());
        const StreamHead& head = (*found)->end.head;
        if (!expectation.expected.met_by(head.version)) {
            return fail(ErrorKind::conflict, "stream " + stream + " is at version " +
                                                 std::to_string(head.version) + ", expected " +
                                                 describe(expectation.expected));
        }
    }
    return {};
}

Result<void> AppendPlanner::add(const Append& append) {
    if (auto held = check_reads(append); !held) return held;
    if (auto held = check_expectations(append); !held) return held;
    for (const PendingRecord& pending : append.records) {
        const auto found = known(pending.stream.value);
        if (!found) return tl::make_unexpected(found.error());
        StreamHead& end = (*found)->end.head;
        (*found)->written = true;
        plan_.head.position += 1;
        plan_.head.recorded_at = std::max(plan_.head.recorded_at, pending.not_before);
        events::RecordView view = view_of(pending);
        view.position = plan_.head.position;
        view.version = end.version + 1;
        view.previous = end.position;
        view.recorded_at = plan_.head.recorded_at;
        end = {view.version, view.position};
        const std::size_t size = events::record_size(view);
        if (plan_.octets.size() < used_ + size) plan_.octets.resize(2 * used_ + size);
        events::encode_record(view, std::span(plan_.octets).subspan(used_, size));
        used_ += size;
        plan_.offsets.push_back(static_cast<std::uint32_t>(used_));
        plan_.stored.push_back({view.version, view.position});
    }
    return {};
}

AppendPlan AppendPlanner::take() {
    plan_.octets.resize(used_);
    std::vector<std::span<const std::uint8_t>> records(plan_.count());
    for (std::size_t i = 0; i < records.size(); ++i) records[i] = plan_.record(i);
    plan_.leaves.resize(records.size());
    tlog::leaf_hashes(records, plan_.leaves);
    plan_.ends.reserve(known_.size());
    for (const Known& met : known_)
        if (met.written) plan_.ends.push_back(met.end);
    return std::move(plan_);
}

}  // namespace certledger::store
