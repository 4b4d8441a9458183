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

Result<void> check_expectations(const Append& append, const StreamHeadSource& stream_head) {
    for (const Expectation& expectation : append.expectations) {
        if (expectation.expected.kind == ExpectedVersion::Kind::any) continue;
        const auto head = stream_head(expectation.stream.value);
        if (!head) return tl::make_unexpected(head.error());
        if (!expectation.expected.met_by(head->version)) {
            return fail(ErrorKind::conflict, "stream " + expectation.stream.value + " is at version " +
                                                 std::to_string(head->version) + ", expected " +
                                                 describe(expectation.expected));
        }
    }
    return {};
}

/// Ends of the streams that the append writes to, as it goes along. A table of its own: the standard map's
/// allocations would take as long as encoding the records.
class WorkingHeads {
  public:
    WorkingHeads(std::size_t records, const StreamHeadSource& source)
        : source_(source), slots_(std::bit_ceil(records * 2), kNone) {
        heads_.reserve(records);
    }

    /// Moves the stream by one record to `position` and gives its end before.
    Result<StreamHead> advance(std::string_view stream, Position position) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t slot = std::hash<std::string_view>()(stream) & mask;
        while (slots_[slot] != kNone && heads_[slots_[slot]].first != stream) slot = (slot + 1) & mask;
        if (slots_[slot] == kNone) {
            const auto head = source_(stream);
            if (!head) return tl::make_unexpected(head.error());
            slots_[slot] = static_cast<std::uint32_t>(heads_.size());
            heads_.emplace_back(stream, *head);
        }
        StreamHead& head = heads_[slots_[slot]].second;
        const StreamHead before = head;
        head = {before.version + 1, position};
        return before;
    }

  private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    const StreamHeadSource& source_;
    std::vector<std::pair<std::string_view, StreamHead>> heads_;
    std::vector<std::uint32_t> slots_;  ///< Open addressing by hash: index into heads_.
};

}  // namespace

Result<void> check_append(const Append& append) {
    CERTLEDGER_CHECK(!append.records.empty());
    std::size_t total = 0;
    for (std::size_t i = 0; i < append.records.size(); ++i) {
        const std::size_t size = events::record_size(view_of(append.records[i]));
        if (size > events::kMaxRecordSize) {
            return refused(i, std::to_string(size) + " octets, must be at most " +
                                  std::to_string(events::kMaxRecordSize));
        }
        if (auto checked = check_fields(append.records[i], i); !checked) return checked;
        total += size;
    }
    if (total > kMaxAppendSize) {
        return fail(ErrorKind::invalid_input, "append: " + std::to_string(total) +
                                                  " octets, must be at most " +
                                                  std::to_string(kMaxAppendSize));
    }
    return {};
}

Result<void> check_reads(const Append& append, const NewestSource& newest) {
    for (const std::string& key : append.reads) {
        const auto position = newest(key);
        if (!position) return tl::make_unexpected(position.error());
        if (*position > append.decided_at) {
            return fail(ErrorKind::conflict, "the decision at position " + std::to_string(append.decided_at) +
                                                 " read " + key + ", which record " +
                                                 std::to_string(*position) + " has changed since");
        }
    }
    return {};
}

Result<AppendPlan> plan_append(const Append& append, const Head& head, const StreamHeadSource& stream_head) {
    if (auto checked = check_expectations(append, stream_head); !checked)
        return tl::make_unexpected(checked.error());
    const std::size_t count = append.records.size();
    std::size_t total = 0;
    for (const PendingRecord& record : append.records) total += events::record_size(view_of(record));

    AppendPlan plan;
    plan.octets.reserve(total);
    plan.offsets.reserve(count + 1);
    plan.stored.reserve(count);
    plan.leaves.reserve(count);
    plan.head = head;
    // The first record of an empty log has none before it to be later than.
    if (head.position == 0) plan.head.recorded_at = events::kEarliest;
    WorkingHeads heads(count, stream_head);
    for (const PendingRecord& pending : append.records) {
        plan.head.position += 1;
        plan.head.recorded_at = std::max(plan.head.recorded_at, pending.not_before);
        const auto before = heads.advance(pending.stream.value, plan.head.position);
        if (!before) return tl::make_unexpected(before.error());
        events::RecordView view = view_of(pending);
        view.position = plan.head.position;
        view.version = before->version + 1;
        view.previous = before->position;
        view.recorded_at = plan.head.recorded_at;
        plan.offsets.push_back(static_cast<std::uint32_t>(plan.octets.size()));
        events::encode_record(view, plan.octets);
        plan.leaves.push_back(tlog::leaf_hash(std::span(plan.octets).subspan(plan.offsets.back())));
        plan.stored.push_back({view.version, view.position});
    }
    plan.offsets.push_back(static_cast<std::uint32_t>(plan.octets.size()));
    return plan;
}

}  // namespace certledger::store
