#include <algorithm>
#include <certledger/events/codec.hpp>
#include <certledger/projections/projector.hpp>
#include <map>

namespace certledger::projections {

namespace {

/// Refusals change no row; everything else is decoded.
bool of_interest(const events::RecordView& record, const std::optional<Instant>& as_at) {
    switch (record.type) {
        case events::EventType::ledger_created:
        case events::EventType::rollback_accepted:
        case events::EventType::command_refused:
            return false;
        case events::EventType::policy_adopted:
            return true;
        default:
            return !as_at || record.occurred_at <= *as_at;
    }
}

}  // namespace

bool folded_from(const store::EventStore& log, const Checkpoint& checkpoint) {
    if (checkpoint.position == 0) return true;
    const auto bytes = log.record(checkpoint.position);
    if (!bytes) return false;
    const auto record = events::read_record_unchecked(*bytes);
    return record && record->id == checkpoint.event;
}

Result<void> fold_record(MemoryRows& rows, const events::RecordView& record,
                         const std::optional<Instant>& as_at) {
    if (of_interest(record, as_at)) {
        // One event of each type, whose memory serves for one record after the other.
        thread_local std::map<events::EventType, events::Event> decoded;
        auto& event = decoded[record.type];
        if (const auto read = events::decode_event(record.type, record.schema, record.payload, event);
            !read) {
            return fail(ErrorKind::damaged, "views: record " + std::to_string(record.position) + ", " +
                                                std::string(to_name(record.type)) + ": " +
                                                read.error().message);
        }
        project(rows, record, event, as_at ? Forbidden::is_passed_by : Forbidden::marks_broken);
    }
    rows.set_checkpoint({record.position, record.id});
    return {};
}

Result<void> fold(const store::EventStore& log, MemoryRows& rows, Position to,
                  const std::optional<Instant>& as_at) {
    const Position from = rows.checkpoint().position + 1;
    if (from > to) return {};
    Result<void> poison;
    const auto read = log.read_all(from, to, [&](const events::RecordView& record, auto) {
        poison = fold_record(rows, record, as_at);
        return poison.has_value();
    });
    if (!poison) return poison;
    const Position reached = rows.checkpoint().position;
    if (!read) {
        return fail(read.error().kind,
                    "views: behind record " + std::to_string(reached) + ": " + read.error().message);
    }
    if (reached < to)
        return fail(ErrorKind::damaged, "views: the log gives no record " + std::to_string(reached + 1));
    return {};
}

Result<Position> catch_up(const store::EventStore& log, RowStore& store, const OnFolded& folded,
                          const CatchUpOptions& options) {
    for (bool looked = false;;) {
        auto base = store.snapshot();
        // The head is read after the rows: they can only be ahead of it when they are of another log.
        const Position head = std::min(log.head().position, options.to);
        if (!base || (!looked && (base->checkpoint().position > log.head().position ||
                                  !folded_from(log, base->checkpoint())))) {
            base.reset();  // Nothing is written under a snapshot of one's own.
            if (auto done = store.reset(); !done) return tl::make_unexpected(done.error());
            base = store.snapshot();
        }
        looked = true;
        const Checkpoint expected = base->checkpoint();
        if (expected.position >= head) return expected.position;
        if (folded) folded(expected.position, head);
        MemoryRows changes(std::move(base));
        const auto done = fold(log, changes, std::min(head, expected.position + options.batch));
        changes.release_base();
        if (changes.checkpoint() != expected) {
            const auto committed = store.commit(changes, expected);
            // Somebody else went on in the meantime: what they did is seen in the next snapshot.
            if (!committed && committed.error().kind != ErrorKind::conflict)
                return tl::make_unexpected(committed.error());
        }
        if (!done) return tl::make_unexpected(done.error());
        if (folded) folded(changes.checkpoint().position, head);
    }
}

}  // namespace certledger::projections
