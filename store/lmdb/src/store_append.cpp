#include <certledger/events/contract.hpp>
#include <certledger/store/append_plan.hpp>

#include "store_core.hpp"

namespace certledger::store::lmdb {
namespace {

/// A tree that is behind by no more is brought up before an append rather than at the next flush.
constexpr Position kSmallGap = 2048;

}  // namespace

Result<std::vector<Stored>> LmdbStore::Core::append(const Append& append) {
    if (auto checked = check_append(append); !checked) return tl::make_unexpected(checked.error());
    CERTLEDGER_CHECK(!options_.read_only);
    const std::lock_guard lock(writer_);
    auto outcome = append_once(append);
    if (outcome || !index_is_damaged(outcome.error())) return outcome;
    if (auto rebuilt = rebuild_index(); !rebuilt) return tl::make_unexpected(rebuilt.error());
    return append_once(append);
}

/// The streams of a large append are spread over tables that no cache holds.
void LmdbStore::Core::prefetch(const Append& append) const {
    constexpr std::size_t worth_it = 16;
    if (append.records.size() < worth_it) return;
    std::vector<std::uint64_t> hashes;
    hashes.reserve(append.records.size());
    for (const PendingRecord& record : append.records)
        hashes.push_back(tail_.table.hash_of(NameKind::stream, record.stream.value));
    for (unsigned step = 0; step < 3; ++step) {
        for (const std::uint64_t hash : hashes) {
            tail_.table.prefetch(hash, step);
            recent_.prefetch(hash, step);
        }
    }
}

/// Everything that can be done before the log is locked: check, encode, hash.
Result<LmdbStore::Core::Ready> LmdbStore::Core::prepare(const Append& append, LogEnd end) const {
    const auto reads_hold = check_reads(
        append, [&](std::string_view key) -> Result<Position> { return newest(key, append.decided_at); });
    if (!reads_hold) return tl::make_unexpected(reads_hold.error());
    prefetch(append);
    auto plan = plan_append(append, end.head, [&](std::string_view stream) { return find_stream(stream); });
    if (!plan) return tl::make_unexpected(plan.error());
    Ready ready;
    if (tail_.tree.size() == end.head.position) {
        if (tail_.tree.edge() != end.edge)
            return fail(ErrorKind::damaged, "index: its tree is not that of the log");
        ready.growth = tail_.tree.grown_by(plan->leaves);
        ready.end.edge = ready.growth->edge;
    } else {
        ready.end.edge = std::move(end.edge);
        ready.end.edge.append(plan->leaves);
    }
    ready.end.head = plan->head;
    ready.plan = std::move(*plan);
    return ready;
}

Result<std::vector<Stored>> LmdbStore::Core::append_once(const Append& append) {
    if (auto caught_up = catch_up(); !caught_up) return tl::make_unexpected(caught_up.error());
    if (tail_.end - tail_.tree.size() <= kSmallGap) {
        if (auto grown = grow_tree(); !grown) return tl::make_unexpected(grown.error());
    }
    const auto prepare_on = [&](const Transaction& transaction) -> Result<Ready> {
        auto end = log_.end(transaction);
        if (!end) return tl::make_unexpected(end.error());
        if (auto folded = fold(transaction, end->head.position); !folded)
            return tl::make_unexpected(folded.error());
        return prepare(append, std::move(*end));
    };
    const auto prepared = [&]() -> Result<Ready> {
        const auto transaction = log_.environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        return prepare_on(*transaction);
    };
    auto ready = prepared();
    if (!ready) return tl::make_unexpected(ready.error());
    const auto written = log_.environment().write([&](WriteTransaction& transaction) -> Result<void> {
        const auto now = log_.head(transaction);
        if (!now) return tl::make_unexpected(now.error());
        if (now->position + 1 != ready->plan.stored.front().position) {
            // Another process was faster: its records are in reach only now that the log is locked.
            auto again = prepare_on(transaction);
            if (!again) return tl::make_unexpected(again.error());
            ready = std::move(again);
        }
        return log_.append(transaction, ready->plan, ready->end);
    });
    if (!written) return tl::make_unexpected(written.error());
    std::vector<Stored> stored = std::move(ready->plan.stored);
    take(std::move(*ready));
    flush_if_due(options_.flush_at);
    return stored;
}

void LmdbStore::Core::take(Ready ready) {
    const std::unique_lock lock(tail_mutex_);
    for (std::size_t i = 0; i + 1 < ready.plan.offsets.size(); ++i) {
        const auto record = events::read_record_unchecked(ready.plan.record(i));
        CERTLEDGER_CHECK(record.has_value());
        add_to_table(*record);
    }
    if (ready.growth) tail_.tree.take(std::move(*ready.growth));
}

}  // namespace certledger::store::lmdb
