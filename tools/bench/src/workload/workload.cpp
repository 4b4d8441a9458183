#include <certledger/tools/bench/workload.hpp>

#include <algorithm>
#include <queue>

#include "workload/story.hpp"

namespace certledger::bench {
namespace {

using events::Instant;

/// From the order to the last event, of most; what the rate of orders goes by.
constexpr std::int64_t kUsualLifeSeconds = 10 * events::kSecondsPerDay;
/// Of a hundred certificates so many are orders of their own; the rest are successors.
constexpr std::int64_t kOrdersPercent = 90;

Instant last_instant() {
    return Instant::from_seconds(events::days_from_date({2026, 7, 1}) * events::kSecondsPerDay);
}
Instant first_instant_without_end() {
    return Instant::from_seconds(events::days_from_date({2020, 1, 1}) * events::kSecondsPerDay);
}

}  // namespace

class Workload::Impl {
  public:
    explicit Impl(const WorkloadOptions& options)
        : options_(options),
          open_max_(options.certificates == 0
                        ? options.open_max
                        : std::min<std::size_t>(options.open_max,
                                                std::max<std::size_t>(8, options.certificates / 20))),
          interval_micros_(kUsualLifeSeconds * events::kMicrosPerSecond /
                           static_cast<std::int64_t>(open_max_)),
          begins_at_(begins_at()),
          story_(options.seed, begins_at_, ends_at()),
          next_order_(begins_at_),
          now_(begins_at_) {}

    bool next(std::vector<store::PendingRecord>& into, std::size_t records) {
        const std::size_t before = into.size();
        story_.into(into);
        if (!begun_) {
            begun_ = true;
            story_.genesis();
        }
        while (into.size() - before < records && step()) {
        }
        return into.size() > before;
    }

    void recycle(std::vector<store::PendingRecord>& records) { story_.recycle(records); }
    [[nodiscard]] std::uint64_t certificates() const { return certificates_; }
    [[nodiscard]] std::size_t open() const { return open_; }

  private:
    struct Turn {
        Instant at;
        std::uint64_t order;  ///< Of turns at one instant the earlier made comes first.
        std::size_t slot;
        bool operator>(const Turn& other) const {
            return std::pair(at, order) > std::pair(other.at, other.order);
        }
    };

    [[nodiscard]] Instant begins_at() const {
        if (options_.certificates == 0) return first_instant_without_end();
        const auto orders = static_cast<std::int64_t>(options_.certificates) * kOrdersPercent / 100;
        return Instant{last_instant().micros - interval_micros_ * orders};
    }
    [[nodiscard]] std::optional<Instant> ends_at() const {
        return options_.certificates == 0 ? std::nullopt : std::optional(last_instant());
    }
    [[nodiscard]] bool may_begin() const {
        return options_.certificates == 0 || certificates_ < options_.certificates;
    }

    /// One command; false when nothing is left.
    bool step() {
        if (may_begin() && open_ < open_max_ && (turns_.empty() || next_order_ <= turns_.top().at)) {
            // An order that found no room comes as soon as there is some.
            now_ = std::max(now_, next_order_);
            next_order_ = now_;
            Life life = story_.begin(now_);
            ++certificates_;
            const auto jitter = static_cast<std::int64_t>(
                story_.random().below(static_cast<std::uint64_t>(2 * interval_micros_)));
            next_order_.micros += std::max<std::int64_t>(1, jitter);
            take_step(put(std::move(life)));
            return true;
        }
        // What goes on when the last certificate has begun stays open, as in any ledger.
        if (!may_begin()) {
            if (turns_.empty() || turns_.top().at > stops_at()) return false;
        }
        if (turns_.empty()) return false;
        const Turn turn = turns_.top();
        turns_.pop();
        now_ = turn.at;
        take_step(turn.slot);
        return true;
    }

    [[nodiscard]] Instant stops_at() {
        if (!stops_at_) stops_at_ = now_.plus_seconds(2 * events::kSecondsPerDay);
        return *stops_at_;
    }

    std::size_t put(Life life) {
        ++open_;
        if (free_.empty()) {
            lives_.push_back(std::move(life));
            return lives_.size() - 1;
        }
        const std::size_t slot = free_.back();
        free_.pop_back();
        lives_[slot] = std::move(life);
        return slot;
    }

    void take_step(std::size_t slot) {
        std::optional<Life> begun;
        story_.step(lives_[slot], may_begin(), begun);
        if (lives_[slot].stage == Stage::over) {
            lives_[slot] = {};
            free_.push_back(slot);
            --open_;
        } else {
            turns_.push({lives_[slot].next, ++turn_, slot});
        }
        if (begun) {
            ++certificates_;
            const Instant at = begun->next;
            const std::size_t successor = put(std::move(*begun));
            turns_.push({at, ++turn_, successor});
        }
    }

    const WorkloadOptions options_;
    const std::size_t open_max_;
    const std::int64_t interval_micros_;
    const Instant begins_at_;
    Story story_;
    Instant next_order_;
    Instant now_;
    std::optional<Instant> stops_at_;
    bool begun_ = false;
    std::uint64_t certificates_ = 0;
    std::uint64_t turn_ = 0;
    std::size_t open_ = 0;
    std::vector<Life> lives_;
    std::vector<std::size_t> free_;
    std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
};

Workload::Workload(const WorkloadOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Workload::~Workload() = default;

bool Workload::next(std::vector<store::PendingRecord>& into, std::size_t records) {
    return impl_->next(into, records);
}
void Workload::recycle(std::vector<store::PendingRecord>& records) { impl_->recycle(records); }
std::uint64_t Workload::certificates() const { return impl_->certificates(); }
std::size_t Workload::open() const { return impl_->open(); }

}  // namespace certledger::bench
