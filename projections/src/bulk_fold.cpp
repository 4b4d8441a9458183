#include "bulk_fold.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <certledger/events/envelope.hpp>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

#include "account_ranges.hpp"
#include "lanes.hpp"

namespace certledger::projections {

namespace {

using Octets = std::span<const std::uint8_t>;

/// Octets of records, those of some 6,000 certificates.
constexpr std::uint64_t kUsualPart = std::uint64_t{16} << 20U;
/// Octets for sorting on a small machine.
constexpr std::size_t kLeastRoom = std::size_t{256} << 20U;

/// How far all lanes have come, as positions of a log that is folded once.
class Progress {
  public:
    Progress(const OnFolded& told, Position to) : told_(told), to_(to) {}

    /// So many more records are folded. Only one thread tells.
    void add(std::size_t records, bool tells) {
        folded_ += records;
        if (told_ && tells) told_(folded_, to_);
    }

  private:
    const OnFolded& told_;
    const Position to_;
    std::atomic<std::uint64_t> folded_ = 0;
};

/// The records of some accounts, account by account, each in the order of the log. Threads: each stretch is
/// added by one, all at once; read once all are there.
class Gathered {
  public:
    /// Takes the memory for the largest of the ranges once: the first touch of a page costs more than its
    /// use.
    Gathered(const Weighed& weighed, const std::vector<Range>& ranges) : weighed_(weighed) {
        Weight most;
        for (const auto& range : ranges) {
            const auto weight = weight_of(weighed.accounts, range);
            most = {std::max(most.records, weight.records), std::max(most.octets, weight.octets)};
        }
        octets_ = std::make_unique_for_overwrite<std::uint8_t[]>(most.octets);
        records_.reserve(most.records);
    }

    /// Begins with a range; those of the range before are gone.
    void begin(Range range) {
        range_ = range;
        places_.assign(weighed_.stretches.size(), {});
        Weight sum;
        for (auto account = range.begin; account < range.end; ++account) {
            for (std::size_t stretch = 0; stretch < places_.size(); ++stretch) {
                const Weight begin = sum;
                sum.records += weighed_.stretches[stretch].accounts[account].records;
                sum.octets += weighed_.stretches[stretch].accounts[account].octets;
                places_[stretch].push_back({begin, sum});
            }
        }
        records_.resize(sum.records);
    }
    [[nodiscard]] Range range() const { return range_; }

    /// False: it is none of those that were weighed.
    [[nodiscard]] bool add(std::size_t stretch, std::uint32_t account, Octets record) {
        auto& [next, end] = places_[stretch][account - range_.begin];
        if (next.records == end.records || record.size() > end.octets - next.octets) return false;
        std::memcpy(octets_.get() + next.octets, record.data(), record.size());
        records_[next.records++] = {octets_.get() + next.octets, record.size()};
        next.octets += record.size();
        return true;
    }
    /// Whether all that were weighed are there.
    [[nodiscard]] bool complete() const {
        return std::all_of(places_.begin(), places_.end(), [](const auto& stretch) {
            return std::all_of(stretch.begin(), stretch.end(),
                               [](const Place& place) { return place.next.records == place.end.records; });
        });
    }
    [[nodiscard]] std::span<const Octets> of(std::uint32_t account) const {
        const std::uint64_t count = weighed_.accounts[account].records;
        return {records_.data() + places_.back()[account - range_.begin].end.records - count, count};
    }

  private:
    const Weighed& weighed_;
    Range range_;
    std::unique_ptr<std::uint8_t[]> octets_;
    std::vector<Octets> records_;
    /// Where the next record goes, and where those of the same account and stretch end.
    struct Place {
        Weight next;
        Weight end;
    };
    std::vector<std::vector<Place>> places_;  ///< Of each stretch, account by account.
};

/// Folds a log, as many accounts at a time as their records fit into memory: these are gathered first,
/// because the rows of one account are looked up much faster than those of all. False as bulk_fold().
class Folding {
  public:
    Folding(const store::EventStore& log, RowLoader& loader, const Weighed& weighed, const OnFolded& progress,
            const BulkOptions& options)
        : log_(log),
          loader_(loader),
          weighed_(weighed),
          ranges_(ranges_of(weighed.accounts, options)),
          gathered_(weighed, ranges_),
          progress_(progress, options.to),
          options_(options) {}

    Result<bool> run() {
        for (const auto& range : ranges_) {
            gathered_.begin(range);
            backward_ = !backward_;
            next_ = 0;
            auto good = in_lanes([this](std::size_t) { return gather(); });
            if (!good || !*good) return good;
            if (!gathered_.complete()) return false;
            deal_out(range);
            next_ = 0;
            good = in_lanes([this](std::size_t lane) { return fold_parts(lane); });
            if (!good || !*good) return good;
            parts_before_ += parts_.size();
        }
        return true;
    }

  private:
    /// Large accounts are folded first, so that no thread is left with one at the end; else in order, so that
    /// the loader does not have to keep much.
    void deal_out(Range range) {
        parts_ = cut(weighed_.accounts, range, options_.part);
        order_.resize(parts_.size());
        std::iota(order_.begin(), order_.end(), 0U);
        std::stable_partition(order_.begin(), order_.end(), [this](std::size_t part) {
            return weighed_.accounts[parts_[part].begin].octets > options_.part;
        });
    }

    /// Nobody need go on when one cannot.
    template <class Work>
    Result<bool> in_lanes(const Work& work) {
        struct StopOthers {
            std::atomic<bool>& stop;
            bool good = false;
            ~StopOthers() { stop = stop || !good; }
        };
        return projections::in_lanes(options_.lanes, [&](std::size_t lane) {
            StopOthers others{stop_};
            auto outcome = work(lane);
            others.good = outcome && *outcome;
            return outcome;
        });
    }

    /// Stretches until there are no more. Every other time from the end of the log to its begin: of a log
    /// that does not fit into memory the part that was read last is still there.
    Result<bool> gather() {
        const std::size_t stretches = weighed_.stretches.size();
        for (std::size_t turn = next_++; turn < stretches; turn = next_++) {
            const auto good = gather(backward_ ? stretches - 1 - turn : turn);
            if (!good || !*good) return good;
        }
        return true;
    }
    Result<bool> gather(std::size_t stretch) {
        bool good = true;
        std::vector<std::pair<std::uint32_t, Octets>> mine;  // Of one commit.
        const auto& [from, to, accounts] = weighed_.stretches[stretch];
        const auto read = log_.read_batches(from, to, [&](Position first, auto records) {
            mine.clear();
            for (std::size_t i = 0; i < records.size(); ++i) {
                const auto account = weighed_.account_of[first - 1 + i];
                if (gathered_.range().holds(account)) mine.emplace_back(account, records[i]);
            }
            for (std::size_t i = 0; good && i < mine.size(); ++i) {
                if (i + kAhead < mine.size()) ask_for(mine[i + kAhead].second);
                good = gathered_.add(stretch, mine[i].first, mine[i].second);
            }
            return good && !stop_;
        });
        if (!read && read.error().kind != ErrorKind::damaged) return tl::make_unexpected(read.error());
        return read && good && !stop_;
    }

    /// Parts until there are no more.
    Result<bool> fold_parts(std::size_t lane) {
        for (std::size_t turn = next_++; turn < order_.size(); turn = next_++) {
            const std::size_t part = order_[turn];
            for (auto account = parts_[part].begin; account < parts_[part].end; ++account) {
                if (stop_) return false;
                const auto records = gathered_.of(account);
                MemoryRows rows;
                if (!fold(rows, records)) return false;
                if (auto added = loader_.add(lane, rows); !added) return tl::make_unexpected(added.error());
                progress_.add(records.size(), lane == 0);
            }
            if (auto ended = loader_.end_part(lane, parts_before_ + part); !ended)
                return tl::make_unexpected(ended.error());
        }
        return true;
    }

    static bool fold(MemoryRows& rows, std::span<const Octets> records) {
        for (const auto octets : records) {
            const auto record = events::read_record(octets);
            if (!record || !fold_record(rows, *record)) return false;
        }
        return rows.strays() == 0;
    }

    /// Between the records of some accounts lie those of others: no processor foresees where the next one is.
    static constexpr std::size_t kAhead = 4;
    static void ask_for(Octets record) {
        constexpr std::size_t line = 64;
        for (std::size_t at = 0; at < record.size(); at += line) __builtin_prefetch(record.data() + at);
    }

    const store::EventStore& log_;
    RowLoader& loader_;
    const Weighed& weighed_;
    const std::vector<Range> ranges_;
    Gathered gathered_;
    Progress progress_;
    const BulkOptions& options_;
    std::atomic<bool> stop_ = false;
    std::vector<Range> parts_;
    std::vector<std::size_t> order_;     ///< In which parts are dealt out.
    std::size_t parts_before_ = 0;       ///< Of other ranges.
    std::atomic<std::size_t> next_ = 0;  ///< Stretch or turn of the order that no thread has taken yet.
    bool backward_ = false;
};

}  // namespace

BulkOptions bulk_options(Position to) {
    const auto memory = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
                        static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
    BulkOptions options;
    options.to = to;
    options.lanes = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
    options.gather = std::max<std::uint64_t>(kUsualPart, memory / 6);
    options.part = kUsualPart;
    options.room = std::max(kLeastRoom, static_cast<std::size_t>(memory / 12));
    options.cached = memory / 2;
    return options;
}

Result<bool> bulk_fold(const store::EventStore& log, RowLoader& loader, const OnFolded& progress,
                       const BulkOptions& options) {
    const auto weighed = weigh(log, options.to, options.lanes);
    if (!weighed) return tl::make_unexpected(weighed.error());
    if (!*weighed || std::any_of((*weighed)->accounts.begin(), (*weighed)->accounts.end(),
                                 [&](const Weight& account) { return account.octets > options.gather; }))
        return false;
    const auto last = log.record(options.to);
    if (!last) return tl::make_unexpected(last.error());
    const auto record = events::read_record_unchecked(*last);
    if (!record) return false;
    const Checkpoint checkpoint{record->position, record->id};
    const auto folded = Folding(log, loader, **weighed, progress, options).run();
    if (!folded || !*folded) return folded;
    if (auto finished = loader.finish(checkpoint); !finished) return tl::make_unexpected(finished.error());
    return true;
}

}  // namespace certledger::projections
