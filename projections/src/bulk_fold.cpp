#include "bulk_fold.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <certledger/events/record_scan.hpp>
#include <cstring>
#include <exception>
#include <memory>
#include <numeric>
#include <string_view>
#include <thread>
#include <vector>

namespace certledger::projections {

namespace {

using events::EventType;
using events::RecordScan;
using Octets = std::span<const std::uint8_t>;

/// Octets of records, those of some 25,000 certificates.
constexpr std::uint64_t kUsualPart = std::uint64_t{64} << 20U;
/// The log is looked through in so many stretches for each thread.
constexpr std::size_t kStretchesALane = 4;
/// Octets for sorting on a small machine.
constexpr std::size_t kLeastRoom = std::size_t{256} << 20U;

/// Whose rows the record changes. The ledger's rules and those of accounts are rows of their own.
std::string_view account_of(const RecordScan& record) {
    const bool rules = record.type_code() == static_cast<std::uint16_t>(EventType::policy_adopted);
    return rules ? std::string_view() : record.account();
}

/// What an account has in the log, or in a stretch of it.
struct Weight {
    std::uint64_t records = 0;
    std::uint64_t octets = 0;
};

/// A stretch of the log, looked through by one thread at a time.
struct Stretch {
    Position from = 1;
    Position to = 0;
    std::vector<Weight> accounts;
};

/// What the log holds. Accounts are numbered in the order of their names' octets.
struct Weighed {
    std::vector<Stretch> stretches;
    std::vector<Weight> accounts;
    /// Of each record from position 1 on, so that a record is looked at only by who folds it.
    std::vector<std::uint32_t> account_of;
};

/// Accounts one after the other.
struct Range {
    std::uint32_t begin = 0;  ///< The first account.
    std::uint32_t end = 0;    ///< The one behind the last.

    [[nodiscard]] bool holds(std::uint32_t account) const { return begin <= account && account < end; }
};

/// Cuts a range into such of no more octets, where an account has no more by itself.
std::vector<Range> cut(const std::vector<Weight>& accounts, Range whole, std::uint64_t octets) {
    std::vector<Range> ranges;
    std::uint64_t held = 0;
    for (auto account = whole.begin; account < whole.end; ++account) {
        held += accounts[account].octets;
        if (ranges.empty() || held > octets) {
            ranges.push_back({account, account});
            held = accounts[account].octets;
        }
        ranges.back().end = account + 1;
    }
    return ranges;
}

/// Runs `work(lane)` on so many threads, this one among them, and gives the worst of the outcomes: an error,
/// else whether all are good.
template <class Work>
Result<bool> in_lanes(std::size_t lanes, const Work& work) {
    std::vector<Result<bool>> outcomes(lanes, Result<bool>(false));
    std::vector<std::exception_ptr> thrown(lanes);
    const auto run = [&](std::size_t lane) {
        try {
            outcomes[lane] = work(lane);
        } catch (...) {
            thrown[lane] = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t lane = 1; lane < lanes; ++lane) threads.emplace_back(run, lane);
    run(0);
    for (auto& thread : threads) thread.join();
    for (const auto& exception : thrown) {
        if (exception) std::rethrow_exception(exception);
    }
    bool good = true;
    for (auto& outcome : outcomes) {
        if (!outcome) return outcome;
        good = good && *outcome;
    }
    return good;
}

/// How far all lanes have come, as positions of a log that is folded once.
class Progress {
  public:
    Progress(const OnFolded& told, Position to) : told_(told), to_(to) {}

    [[nodiscard]] Position to() const { return to_; }
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
    explicit Gathered(const Weighed& weighed) : weighed_(weighed) {}

    /// Room for all of them; those of the range before are gone.
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
        if (sum.octets > room_) {
            octets_.reset();
            octets_ = std::make_unique_for_overwrite<std::uint8_t[]>(sum.octets);
            room_ = sum.octets;
        }
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
    std::size_t room_ = 0;
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
          gathered_(weighed),
          progress_(progress, options.to),
          options_(options) {}

    Result<bool> run() {
        const Range all{0, static_cast<std::uint32_t>(weighed_.accounts.size())};
        for (const auto& range : cut(weighed_.accounts, all, options_.gather)) {
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

/// The accounts that a stretch has records of, in the order of their first.
class Names {
  public:
    std::uint32_t number_of(std::string_view name) {
        const auto known = numbers_.find(name);
        if (known != numbers_.end()) return known->second;
        const auto number = static_cast<std::uint32_t>(weights_.size());
        numbers_.emplace(name, number);
        weights_.emplace_back();
        return number;
    }
    void add(std::uint32_t number, std::size_t octets) {
        ++weights_[number].records;
        weights_[number].octets += octets;
    }
    /// By number.
    [[nodiscard]] const std::vector<Weight>& weights() const { return weights_; }
    [[nodiscard]] const TextMap<std::uint32_t>& all() const { return numbers_; }

  private:
    TextMap<std::uint32_t> numbers_;
    std::vector<Weight> weights_;
};

/// The names of all stretches in their order; nothing when keys do not have the same order.
std::optional<std::vector<std::string_view>> sorted_names(const std::vector<Names>& found) {
    std::vector<std::string_view> names;
    for (const auto& some : found) {
        for (const auto& [name, number] : some.all()) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const bool whole = std::all_of(names.begin(), names.end(), [](std::string_view name) {
        return name.size() <= key::kLongestAccount && name.find('\0') == std::string_view::npos;
    });
    return whole ? std::optional(std::move(names)) : std::nullopt;
}

/// Looks through the log, each thread through a stretch after the other.
class Weighing {
  public:
    Weighing(const store::EventStore& log, const BulkOptions& options)
        : log_(log), options_(options), found_(options.lanes * kStretchesALane) {
        weighed_.account_of.resize(options.to);
        const Position each = options.to / found_.size() + 1;
        for (Position from = 1; weighed_.stretches.size() < found_.size(); from += each)
            weighed_.stretches.push_back({from, std::min(options.to, from + each - 1), {}});
    }

    /// False: a record is damaged, or names are of no account.
    Result<bool> run() {
        const auto read = each_stretch([this](std::size_t stretch) { return look(stretch); });
        if (!read || !*read) return read;
        const auto names = sorted_names(found_);
        if (!names) return false;
        weighed_.accounts.resize(names->size());
        static_cast<void>(each_stretch([&](std::size_t stretch) -> Result<bool> {
            put_in_order(stretch, *names);
            return true;
        }));
        for (const auto& stretch : weighed_.stretches) {
            for (std::size_t account = 0; account < names->size(); ++account) {
                weighed_.accounts[account].records += stretch.accounts[account].records;
                weighed_.accounts[account].octets += stretch.accounts[account].octets;
            }
        }
        return true;
    }
    [[nodiscard]] const Weighed& weighed() const { return weighed_; }

  private:
    template <class Work>
    Result<bool> each_stretch(const Work& work) {
        std::atomic<std::size_t> next = 0;
        return in_lanes(options_.lanes, [&](std::size_t) -> Result<bool> {
            for (std::size_t stretch = next++; stretch < found_.size(); stretch = next++) {
                const auto good = work(stretch);
                if (!good || !*good) return good;
            }
            return true;
        });
    }

    Result<bool> look(std::size_t which) {
        auto& names = found_[which];
        const auto& [from, to, none] = weighed_.stretches[which];
        const auto read = log_.read_batches(from, to, [&](Position first, auto records) {
            for (const auto octets : records) {
                const auto number = names.number_of(account_of(RecordScan(octets)));
                names.add(number, octets.size());
                weighed_.account_of[first++ - 1] = number;
            }
            return true;
        });
        if (!read && read.error().kind != ErrorKind::damaged) return tl::make_unexpected(read.error());
        return read.has_value();
    }

    /// From the stretch's own numbers to those of all.
    void put_in_order(std::size_t which, const std::vector<std::string_view>& names) {
        auto& stretch = weighed_.stretches[which];
        stretch.accounts.resize(names.size());
        std::vector<std::uint32_t> place(found_[which].all().size());
        for (const auto& [name, number] : found_[which].all()) {
            const auto found = std::lower_bound(names.begin(), names.end(), name) - names.begin();
            place[number] = static_cast<std::uint32_t>(found);
            stretch.accounts[place[number]] = found_[which].weights()[number];
        }
        for (Position position = stretch.from; position <= stretch.to; ++position) {
            auto& account = weighed_.account_of[position - 1];
            account = place[account];
        }
    }

    const store::EventStore& log_;
    const BulkOptions& options_;
    std::vector<Names> found_;
    Weighed weighed_;
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
    return options;
}

Result<bool> bulk_fold(const store::EventStore& log, RowLoader& loader, const OnFolded& progress,
                       const BulkOptions& options) {
    Weighing weighing(log, options);
    if (const auto good = weighing.run(); !good || !*good) return good;
    const auto& accounts = weighing.weighed().accounts;
    if (std::any_of(accounts.begin(), accounts.end(),
                    [&](const Weight& account) { return account.octets > options.gather; }))
        return false;
    const auto last = log.record(options.to);
    if (!last) return tl::make_unexpected(last.error());
    const auto record = events::read_record_unchecked(*last);
    if (!record) return false;
    const Checkpoint checkpoint{record->position, record->id};
    const auto folded = Folding(log, loader, weighing.weighed(), progress, options).run();
    if (!folded || !*folded) return folded;
    if (auto finished = loader.finish(checkpoint); !finished) return tl::make_unexpected(finished.error());
    return true;
}

}  // namespace certledger::projections
