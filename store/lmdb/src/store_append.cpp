#include <certledger/events/contract.hpp>
#include <certledger/store/append_plan.hpp>
#include <utility>

#include "store_core.hpp"

namespace certledger::store::lmdb {
namespace {

/// A tree that is behind by no more is brought up before an append rather than at the next flush.
constexpr Position kSmallGap = 2048;
/// Octets of a plan whose memory is kept for the next.
constexpr std::size_t kSpareMost = std::size_t{4} << 20U;

}  // namespace

void LmdbStore::Core::append_all(std::span<const Append> appends, std::span<Outcome> outcomes) {
    CERTLEDGER_CHECK(!options_.read_only);
    std::vector<Step> step;
    step.reserve(appends.size());
    std::size_t octets = 0;
    for (std::size_t i = 0; i < appends.size(); ++i) {
        const auto size = check_append(appends[i]);
        if (!size) {
            outcomes[i] = tl::make_unexpected(size.error());
            continue;
        }
        if (octets + *size > kMaxAppendSize) {
            write_step(step);
            step.clear();
            octets = 0;
        }
        step.push_back({&appends[i], &outcomes[i], *size});
        octets += *size;
    }
    if (!step.empty()) write_step(step);
}

void LmdbStore::Core::write_step(std::span<const Step> step) {
    const std::lock_guard lock(writer_);
    auto written = write_once(step);
    if (!written && index_is_damaged(written.error())) {
        written = rebuild_index();
        if (written) written = write_once(step);
    }
    if (written) return;
    for (const Step& one : step) *one.outcome = tl::make_unexpected(written.error());
}

/// The streams of a large append are spread over tables that no cache holds.
void LmdbStore::Core::prefetch(std::span<const Step> step, std::size_t records) const {
    constexpr std::size_t worth_it = 16;
    if (records < worth_it) return;
    for (const Step& one : step) {
        for (const PendingRecord& record : one.append->records)
            heads_.prefetch(print_of(record.stream.value));
    }
}

/// Everything that can be done before the log is locked: check, encode, hash.
Result<LmdbStore::Core::Ready> LmdbStore::Core::prepare(std::span<const Step> step, LogEnd end) {
    std::size_t records = 0;
    std::size_t octets = 0;
    for (const Step& one : step) {
        records += one.append->records.size();
        octets += one.octets;
    }
    prefetch(step, records);
    AppendPlanner planner(
        {end.head,
         [&](std::string_view stream, const NamePrint& print) { return find_stream(stream, print); },
         [&](std::string_view key, Position above) { return newest(key, above); }, options_.keys_of},
        records, octets, std::exchange(spare_, {}));
    Ready ready;
    ready.ends.reserve(step.size());
    for (const Step& one : step) {
        const auto planned = planner.add(*one.append);
        if (!planned && planned.error().kind != ErrorKind::conflict)
            return tl::make_unexpected(planned.error());
        ready.ends.push_back(planned ? Result<std::size_t>(planner.count())
                                     : tl::make_unexpected(planned.error()));
    }
    ready.plan = planner.take();
    if (tail_.tree.size() == end.head.position) {
        if (tail_.tree.edge() != end.edge)
            return fail(ErrorKind::damaged, "index: its tree is not that of the log");
        ready.growth = tail_.tree.grown_by(ready.plan.leaves);
        ready.end.edge = ready.growth->edge;
    } else {
        ready.end.edge = std::move(end.edge);
        ready.end.edge.append(ready.plan.leaves);
    }
    ready.end.head = ready.plan.head;
    return ready;
}

Result<void> LmdbStore::Core::write_once(std::span<const Step> step) {
    if (auto caught_up = catch_up(); !caught_up) return caught_up;
    if (tail_.end - tail_.tree.size() <= kSmallGap) {
        if (auto grown = grow_tree(); !grown) return grown;
    }
    const auto prepare_on = [&](const Transaction& transaction) -> Result<Ready> {
        auto end = log_.end(transaction);
        if (!end) return tl::make_unexpected(end.error());
        if (auto folded = fold(transaction, end->head.position); !folded)
            return tl::make_unexpected(folded.error());
        return prepare(step, std::move(*end));
    };
    const auto prepared = [&]() -> Result<Ready> {
        const auto transaction = log_.environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        return prepare_on(*transaction);
    };
    auto ready = prepared();
    if (!ready) return tl::make_unexpected(ready.error());
    if (ready->plan.count() > 0) {
        const auto written = log_.environment().write([&](WriteTransaction& transaction) -> Result<void> {
            const auto now = log_.head(transaction);
            if (!now) return tl::make_unexpected(now.error());
            if (now->position + 1 != ready->plan.stored.front().position) {
                // Another process was faster: its records are in reach only now that the log is locked.
                auto again = prepare_on(transaction);
                if (!again) return tl::make_unexpected(again.error());
                ready = std::move(again);
                if (ready->plan.count() == 0) return {};
            }
            return log_.append(transaction, ready->plan, ready->end);
        });
        if (!written) return written;
    }
    hand_out(step, *ready);
    take(std::move(*ready));
    index_if_due();
    return {};
}

void LmdbStore::Core::hand_out(std::span<const Step> step, const Ready& ready) {
    const auto& stored = ready.plan.stored;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < step.size(); ++i) {
        if (!ready.ends[i]) {
            *step[i].outcome = tl::make_unexpected(ready.ends[i].error());
            continue;
        }
        const auto at = [&](std::size_t index) {
            return stored.begin() + static_cast<std::ptrdiff_t>(index);
        };
        *step[i].outcome = std::vector<Stored>(at(begin), at(*ready.ends[i]));
        begin = *ready.ends[i];
    }
}

void LmdbStore::Core::take(Ready ready) {
    if (ready.plan.count() == 0) return;
    const std::unique_lock lock(tail_mutex_);
    const Position reached = index_reached().position();
    for (const StreamEnd& end : ready.plan.ends) heads_.put(end.print, end.head, reached);
    tail_.end = ready.plan.head.position;
    if (ready.growth) tail_.tree.take(std::move(*ready.growth));
    if (ready.plan.octets.size() <= kSpareMost) spare_ = std::move(ready.plan);
}

}  // namespace certledger::store::lmdb
