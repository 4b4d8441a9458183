#include <algorithm>
#include <limits>
#include <mutex>

#include <certledger/projections/views.hpp>

#include "bulk_fold.hpp"
#include "compare.hpp"
#include "past.hpp"
#include "policies_of.hpp"

namespace certledger::projections {

class Views::Known {
  public:
    /// folded_from(); what a log once held at a position it holds for good.
    bool folded_from(const store::EventStore& log, const Checkpoint& checkpoint) {
        const std::lock_guard lock(mutex_);
        if (checkpoint == folded_) return true;
        if (!projections::folded_from(log, checkpoint)) return false;
        folded_ = checkpoint;
        return true;
    }
    std::shared_ptr<const policies::PolicyStream> policies(const RowReader& rows) {
        const std::lock_guard lock(mutex_);
        if (policies_ && rows.checkpoint() == policies_of_) return policies_;
        policies_of_ = rows.checkpoint();
        const auto row = rows.policies(events::policy_stream().value);
        policies_ = std::make_shared<policies::PolicyStream>(ledger_policies(row.value_or(PolicyRow{})));
        return policies_;
    }

  private:
    std::mutex mutex_;
    Checkpoint folded_;
    Checkpoint policies_of_;
    std::shared_ptr<const policies::PolicyStream> policies_;
};

Views::Views(const store::EventStore& log, RowStore& rows, const policies::Zones& zones)
    : log_(&log), rows_(&rows), zones_(&zones), known_(std::make_shared<Known>()) {}

namespace {

/// Records in one step of a fold from nothing: a certificate's row is then written about twice.
constexpr Position kFillBatch = 100'000;
/// From so many records on, rows are made beside the empty ones, with their indexes last.
constexpr Position kWorthFilling = 50'000;
constexpr Position kEverything = std::numeric_limits<Position>::max();

}  // namespace

Result<Position> Views::catch_up(const OnProgress& progress) {
    {
        const auto rows = rows_->snapshot();
        if (log_->head().position >= kWorthFilling && (!rows || rows->checkpoint().position == 0)) {
            auto filled = rebuild(progress);
            // What can be read stands in the live rows as well when a record cannot be.
            if (filled || filled.error().kind != ErrorKind::damaged) return filled;
        }
    }
    return projections::catch_up(*log_, *rows_, progress);
}

namespace {

Result<Instant> recorded_at(const store::EventStore& log, Position position) {
    const auto bytes = log.record(position);
    if (!bytes) return tl::make_unexpected(bytes.error());
    const auto record = events::read_record_unchecked(*bytes);
    if (!record) return tl::make_unexpected(record.error());
    return record->recorded_at;
}

/// recorded_at never falls, so halving finds the last position up to the instant.
Result<Position> last_until(const store::EventStore& log, Position head, Instant instant) {
    Position below = 0;
    Position above = head + 1;
    while (above - below > 1) {
        const Position middle = below + (above - below) / 2;
        const auto at = recorded_at(log, middle);
        if (!at) return tl::make_unexpected(at.error());
        (*at <= instant ? below : above) = middle;
    }
    return below;
}

/// What a query takes for now (rulings 50).
Result<Instant> clock_of(const store::EventStore& log, const QueryPoint& point, Position position) {
    if (point.as_at) return *point.as_at;
    if (!point.as_of) return point.now;
    if (const auto* instant = std::get_if<Instant>(&*point.as_of)) return std::min(*instant, point.now);
    if (position == 0) return point.now;
    return recorded_at(log, position);
}

}  // namespace

Result<Position> Views::position_of(const AsOf& as_of) const {
    const auto head = log_->head();
    if (const auto* position = std::get_if<Position>(&as_of)) return std::min(*position, head.position);
    const Instant instant = std::get<Instant>(as_of);
    if (instant >= head.recorded_at) return head.position;
    return last_until(*log_, head.position, instant);
}

namespace {

/// A record behind the point costs about so much more than one before it, because its streams are read.
constexpr Position kRewindCost = 8;

}  // namespace

std::shared_ptr<const RowReader> Views::usable_rows() const {
    auto rows = rows_->snapshot();
    return rows && known_->folded_from(*log_, rows->checkpoint()) ? rows : nullptr;
}

Result<std::shared_ptr<const RowReader>> Views::rows_at(Position position,
                                                        const std::optional<Instant>& as_at) const {
    auto base = as_at ? nullptr : usable_rows();
    if (base && base->checkpoint().position == position) return base;
    if (base && base->checkpoint().position > position) {
        if ((base->checkpoint().position - position) * kRewindCost < position) {
            auto rows = rewound(*log_, base, position);
            if (!rows || *rows) return rows;
        }
        base.reset();
    }
    auto rows = std::make_shared<MemoryRows>(std::move(base));
    if (const auto done = fold(*log_, *rows, position, as_at); !done)
        return tl::make_unexpected(done.error());
    return rows;
}

Result<Moment> Views::moment(const QueryPoint& point) const {
    const auto position = point.as_of ? position_of(*point.as_of) : Result<Position>(log_->head().position);
    if (!position) return tl::make_unexpected(position.error());
    const auto clock = clock_of(*log_, point, *position);
    if (!clock) return tl::make_unexpected(clock.error());
    auto rows = rows_at(*position, point.as_at);
    if (!rows) return tl::make_unexpected(rows.error());
    auto policies = known_->policies(**rows);
    return Moment(std::move(*rows), *position, *clock, std::move(policies), *log_, *zones_);
}

Result<Moment> Views::moment_of(const QueryPoint& point, const events::CertificateId& certificate) const {
    const auto position = point.as_of ? position_of(*point.as_of) : Result<Position>(log_->head().position);
    if (!position) return tl::make_unexpected(position.error());
    const auto base = usable_rows();
    // The streams that a row depends on are known from rows that are not older than the point.
    if (!base || base->checkpoint().position < *position ||
        (!point.as_at && base->checkpoint().position == *position))
        return moment(point);
    const auto clock = clock_of(*log_, point, *position);
    if (!clock) return tl::make_unexpected(clock.error());
    auto rows = one_in_the_past(*log_, *base, certificate, *position, point.as_at);
    if (!rows) return tl::make_unexpected(rows.error());
    auto policies = known_->policies(**rows);
    return Moment(std::move(*rows), *position, *clock, std::move(policies), *log_, *zones_);
}

Result<Verification> Views::verify(const OnProgress& progress) const {
    Position to = 0;
    {
        const auto kept = rows_->snapshot();
        if (!kept) return fail(ErrorKind::damaged, "views: there are no rows of this program's schema");
        to = kept->checkpoint().position;
        if (to > log_->head().position || !folded_from(*log_, kept->checkpoint()))
            return fail(ErrorKind::damaged, "views: the rows were folded from another log");
    }
    auto scratch = rows_->begin_scratch();
    if (!scratch) return tl::make_unexpected(scratch.error());
    if (auto filled = fill(**scratch, progress, to); !filled) return tl::make_unexpected(filled.error());
    // No snapshot is held while all that is folded, so the live rows may have gone on: then both meet there.
    for (;;) {
        {
            const auto kept = rows_->snapshot();
            if (!kept || kept->checkpoint().position < to)
                return fail(ErrorKind::conflict,
                            "views: the rows were made anew meanwhile; verify them again");
            if (kept->checkpoint().position == to) {
                Verification verification;
                verification.position = to;
                compare_rows(*kept, *(*scratch)->snapshot(), verification);
                return verification;
            }
            to = kept->checkpoint().position;
        }
        const auto followed = projections::catch_up(*log_, **scratch, {}, {kBatch, to});
        if (!followed) return tl::make_unexpected(followed.error());
    }
}

/// From nothing: by all cores, or where that cannot be in the order of the log, with the indexes last.
Result<Position> Views::fill(RowStore& rows, const OnProgress& progress, Position to) const {
    const Position end = std::min(to, log_->head().position);
    if (end >= kWorthFilling) {
        const auto options = bulk_options(end);
        auto loader = rows.begin_load(options.lanes, options.room);
        if (!loader) return tl::make_unexpected(loader.error());
        const auto loaded = bulk_fold(*log_, **loader, progress, options);
        if (!loaded) return tl::make_unexpected(loaded.error());
        if (*loaded) return end;
        loader->reset();
        if (auto emptied = rows.reset(); !emptied) return tl::make_unexpected(emptied.error());
    }
    const auto reached = projections::catch_up(*log_, rows, progress, {kFillBatch, to});
    if (!reached) return reached;
    if (auto completed = rows.complete(); !completed) return tl::make_unexpected(completed.error());
    return reached;
}

Result<Position> Views::rebuild(const OnProgress& progress) {
    auto beside = rows_->begin_beside();
    if (!beside) return tl::make_unexpected(beside.error());
    if (const auto filled = fill(**beside, progress, kEverything); !filled) return filled;
    for (;;) {
        const auto reached = projections::catch_up(*log_, **beside, progress);
        if (!reached) return reached;
        const auto adopted = rows_->adopt(**beside);
        if (adopted) return reached;
        // The live rows went on in the meantime: never go back behind what somebody has seen.
        if (adopted.error().kind != ErrorKind::conflict) return tl::make_unexpected(adopted.error());
    }
}

ViewsStatus Views::status() const {
    ViewsStatus status;
    status.schema = rows_fingerprint();
    const auto rows = rows_->snapshot();
    status.head = log_->head().position;
    if (!rows) return status;
    status.checkpoint = rows->checkpoint().position;
    rows->each_count([&](const CountRow& row) {
        status.certificates += row.certificates;
        return true;
    });
    rows->scan(Index::broken, "", "\xFF", false,
               [&](std::string_view, RowId) { return ++status.broken > 0; });
    rows->each_quota([&](const QuotaRow& row) {
        ++status.quotas;
        status.broken += row.broken ? 1U : 0U;
        return true;
    });
    if (status.checkpoint < status.head) {
        // Reading the next record tells whether the projector only has not come there yet.
        MemoryRows next(rows);
        if (const auto done = fold(*log_, next, status.checkpoint + 1); !done) status.stopped = done.error();
    }
    return status;
}

}  // namespace certledger::projections
