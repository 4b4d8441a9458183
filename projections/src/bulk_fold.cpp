#include "bulk_fold.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <certledger/events/record_scan.hpp>
#include <exception>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace certledger::projections {

namespace {

using events::EventType;
using events::RecordScan;
using Octets = std::span<const std::uint8_t>;

/// Accounts are dealt out by hash, in so many heaps.
constexpr std::size_t kHeaps = 1U << 14U;
/// Octets that the rows of one certificate take in memory while they are folded and sorted, about.
constexpr std::uint64_t kOctetsACertificate = 2'500;
/// Fewer rows are looked up faster, but every share costs a scan of the log: measured at a million
/// certificates.
constexpr std::uint64_t kUsualShare = 100'000;
/// Octets for sorting on a small machine.
constexpr std::size_t kLeastRoom = std::size_t{256} << 20U;
/// A log that does not fit into memory is read from the disk for every share: so many of a thread as long as
/// memory allows.
constexpr std::uint64_t kScansMost = 6;

std::uint16_t heap_of(const RecordScan& record) {
    // The ledger's rules are one stream; it goes with the first heap.
    if (record.type_code() == static_cast<std::uint16_t>(EventType::policy_adopted)) return 0;
    return static_cast<std::uint16_t>(std::hash<std::string_view>{}(record.account()) % kHeaps);
}

bool begins_certificate(std::uint16_t code) {
    return code == static_cast<std::uint16_t>(EventType::certificate_purchased) ||
           code == static_cast<std::uint16_t>(EventType::certificate_created) ||
           code == static_cast<std::uint16_t>(EventType::certificate_uploaded);
}

/// What the log holds.
struct Weighed {
    std::vector<std::uint64_t> certificates = std::vector<std::uint64_t>(kHeaps);  ///< Of each heap.
    /// Of each record from position 1 on, so that a record is looked at only by who folds it.
    std::vector<std::uint16_t> heaps;
};

/// Which heaps are folded together: for each heap the number of its share.
struct Deal {
    std::vector<std::uint32_t> share_of = std::vector<std::uint32_t>(kHeaps);
    std::size_t apart = 0;  ///< The first shares: a large heap each.
    std::size_t shares = 0;
};

/// Fills one share after the other. Nothing: a heap is too large.
std::optional<Deal> deal_out(const std::vector<std::uint64_t>& certificates, std::uint64_t share,
                             const BulkOptions& options) {
    Deal deal;
    const auto give = [&](std::size_t heap) {
        deal.share_of[heap] = static_cast<std::uint32_t>(deal.shares);
    };
    for (std::size_t heap = 0; heap < kHeaps; ++heap) {
        if (certificates[heap] > options.most) return std::nullopt;
        if (certificates[heap] <= options.apart) continue;
        give(heap);
        ++deal.shares;
    }
    deal.apart = deal.shares;
    std::uint64_t held = 0;
    for (std::size_t heap = 0; heap < kHeaps; ++heap) {
        if (certificates[heap] > options.apart) continue;
        if (held > 0 && held + certificates[heap] > share) {
            ++deal.shares;
            held = 0;
        }
        held += certificates[heap];
        give(heap);
    }
    ++deal.shares;
    return deal;
}

/// Gives shares to the lanes; large heaps to the first alone, so that there is never more than one in memory.
class Dealer {
  public:
    explicit Dealer(const Deal& deal) : deal_(deal), next_(deal.apart) {}

    /// Nothing: there are no more.
    std::optional<std::size_t> next(std::size_t lane) {
        if (lane == 0 && next_apart_ < deal_.apart) return next_apart_++;
        const std::size_t share = next_++;
        return share < deal_.shares ? std::optional(share) : std::nullopt;
    }

  private:
    const Deal& deal_;
    std::size_t next_apart_ = 0;  ///< The first lane's.
    std::atomic<std::size_t> next_;
};

/// How far all lanes have come, as positions of a log that is folded once.
class Progress {
  public:
    Progress(const OnFolded& told, Position to, std::size_t shares) : told_(told), to_(to), shares_(shares) {}

    [[nodiscard]] Position to() const { return to_; }
    /// So many more records were read for one share. Only one thread tells.
    void add(std::size_t records, bool tells) {
        read_ += records;
        if (told_ && tells) told_(read_ / shares_, to_);
    }

  private:
    const OnFolded& told_;
    const Position to_;
    const std::size_t shares_;
    std::atomic<std::uint64_t> read_ = 0;
};

/// Folds the shares that fall to one thread.
class Lane {
  public:
    Lane(const store::EventStore& log, RowLoader& loader, const Weighed& weighed, const Deal& deal,
         Progress& progress, std::atomic<bool>& stop)
        : log_(log), loader_(loader), weighed_(weighed), deal_(deal), progress_(progress), stop_(stop) {}

    /// Shares until there are no more. False when the log has to be folded in its order.
    Result<bool> run(std::size_t lane, Dealer& dealer) {
        while (const auto share = dealer.next(lane)) {
            MemoryRows rows;
            const auto folded = fold_share(*share, rows, lane == 0);
            if (!folded || !*folded) return folded;
            if (auto added = loader_.add(lane, rows); !added) return tl::make_unexpected(added.error());
        }
        return true;
    }

  private:
    Result<bool> fold_share(std::size_t share, MemoryRows& rows, bool tells) {
        bool good = true;
        std::vector<Octets> mine;  // Of one commit.
        const auto read = log_.read_batches(1, progress_.to(), [&](Position first, auto records) {
            mine.clear();
            for (std::size_t i = 0; i < records.size(); ++i) {
                if (deal_.share_of[weighed_.heaps[first - 1 + i]] == share) mine.push_back(records[i]);
            }
            for (std::size_t i = 0; good && i < mine.size(); ++i) {
                if (i + kAhead < mine.size()) ask_for(mine[i + kAhead]);
                const auto record = events::read_record(mine[i]);
                good = record && fold_record(rows, *record).has_value();
            }
            progress_.add(records.size(), tells);
            return good && !stop_;
        });
        if (!read && read.error().kind != ErrorKind::damaged) return tl::make_unexpected(read.error());
        return read && good && !stop_ && rows.strays() == 0;
    }

    /// Between the records of one share lie those of others: no processor foresees where the next one is.
    static constexpr std::size_t kAhead = 4;
    static void ask_for(Octets record) {
        constexpr std::size_t line = 64;
        for (std::size_t at = 0; at < record.size(); at += line) __builtin_prefetch(record.data() + at);
    }

    const store::EventStore& log_;
    RowLoader& loader_;
    const Weighed& weighed_;
    const Deal& deal_;
    Progress& progress_;
    std::atomic<bool>& stop_;
};

/// Runs `work(lane)` on so many threads, this one among them, and gives the outcomes.
template <class Work>
std::vector<Result<bool>> in_lanes(std::size_t lanes, const Work& work) {
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
    return outcomes;
}

/// The worst of what the lanes say: an error, else whether all are good.
Result<bool> together(std::vector<Result<bool>>& outcomes) {
    bool good = true;
    for (auto& outcome : outcomes) {
        if (!outcome) return outcome;
        good = good && *outcome;
    }
    return good;
}

/// Each thread looks through a part of the log. False: a record is damaged.
Result<bool> weigh(const store::EventStore& log, const BulkOptions& options, Weighed& weighed) {
    weighed.heaps.resize(options.to);
    const Position each = options.to / options.lanes + 1;
    std::mutex adding;
    auto outcomes = in_lanes(options.lanes, [&](std::size_t lane) -> Result<bool> {
        const Position from = 1 + lane * each;
        std::vector<std::uint64_t> certificates(kHeaps);
        const auto read =
            log.read_batches(from, std::min(options.to, from + each - 1), [&](Position first, auto records) {
                for (const auto octets : records) {
                    const RecordScan record(octets);
                    const auto heap = weighed.heaps[first++ - 1] = heap_of(record);
                    if (begins_certificate(record.type_code())) ++certificates[heap];
                }
                return true;
            });
        if (!read && read.error().kind != ErrorKind::damaged) return tl::make_unexpected(read.error());
        const std::lock_guard lock(adding);
        for (std::size_t heap = 0; heap < kHeaps; ++heap) weighed.certificates[heap] += certificates[heap];
        return read.has_value();
    });
    return together(outcomes);
}

Result<bool> run_lanes(const store::EventStore& log, RowLoader& loader, const Weighed& weighed,
                       const Deal& deal, const OnFolded& progress, const BulkOptions& options) {
    std::atomic<bool> stop = false;
    Dealer dealer(deal);
    Progress told(progress, options.to, deal.shares);
    auto outcomes = in_lanes(options.lanes, [&](std::size_t lane) {
        // Nobody need go on when one cannot.
        struct StopOthers {
            std::atomic<bool>& stop;
            bool good = false;
            ~StopOthers() {
                if (!good) stop = true;
            }
        } others{stop};
        auto outcome = Lane(log, loader, weighed, deal, told, stop).run(lane, dealer);
        others.good = outcome && *outcome;
        return outcome;
    });
    return together(outcomes);
}

}  // namespace

BulkOptions bulk_options(Position to) {
    const auto memory = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
                        static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
    BulkOptions options;
    options.to = to;
    options.lanes = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
    options.most = std::max<std::uint64_t>(20'000, memory / 4 / kOctetsACertificate);
    options.apart = options.most / options.lanes;
    options.share = std::min(options.apart, kUsualShare);
    options.room = std::max(kLeastRoom, static_cast<std::size_t>(memory / 12));
    return options;
}

Result<bool> bulk_fold(const store::EventStore& log, RowLoader& loader, const OnFolded& progress,
                       const BulkOptions& options) {
    Weighed weighed;
    if (const auto good = weigh(log, options, weighed); !good || !*good) return good;
    std::uint64_t all = 0;
    for (const auto count : weighed.certificates) all += count;
    const std::uint64_t each = all / options.lanes + 1;
    const std::uint64_t share = std::max(options.share, std::min(options.apart, each / kScansMost));
    const auto deal = deal_out(weighed.certificates, std::min(share, each), options);
    if (!deal) return false;
    const auto last = log.record(options.to);
    if (!last) return tl::make_unexpected(last.error());
    const auto record = events::read_record_unchecked(*last);
    if (!record) return false;
    const Checkpoint checkpoint{record->position, record->id};
    const auto folded = run_lanes(log, loader, weighed, *deal, progress, options);
    if (!folded || !*folded) return folded;
    if (auto finished = loader.finish(checkpoint); !finished) return tl::make_unexpected(finished.error());
    return true;
}

}  // namespace certledger::projections
