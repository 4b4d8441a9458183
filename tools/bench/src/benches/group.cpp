// Single events of many at once: what one commit for all of them gives.
#include <atomic>
#include <certledger/store/group_writer.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <future>

#include "benches/benches.hpp"
#include "measure/feed.hpp"
#include "measure/sheet.hpp"
#include "raw/lmdb_log.hpp"

namespace certledger::bench {
namespace {

using store::lmdb::LmdbStore;

constexpr std::size_t kInFlight[] = {1, 8, 64, 256, 1'024};

struct Outcome {
    double events_a_second = 0;
    std::vector<double> micros;
};

/// Keeps so many events under way: each answer gives the next one to the writer.
class ClosedLoop {
  public:
    ClosedLoop(store::EventStore& log, std::vector<store::Append> appends)
        : appends_(std::move(appends)), begun_(appends_.size()), micros_(appends_.size()), writer_(log) {}

    Outcome run(std::size_t in_flight) {
        const double seconds = seconds_of([&] {
            for (std::size_t i = 0; i < std::min(in_flight, appends_.size()); ++i) give(next_++);
            answered_.get_future().get();
        });
        return {static_cast<double>(appends_.size()) / seconds, std::move(micros_)};
    }

  private:
    void give(std::size_t index) {
        begun_[index] = Clock::now();
        writer_.submit(std::move(appends_[index]), [this, index](store::GroupWriter::Outcome outcome) {
            take(index, std::move(outcome));
        });
    }

    void take(std::size_t index, store::GroupWriter::Outcome outcome) noexcept {
        micros_[index] = 1e6 * seconds_since(begun_[index]);
        try {
            static_cast<void>(sure(std::move(outcome).get()));
        } catch (...) {
            if (!failed_) failed_ = std::current_exception();
        }
        // The queue holds more than are ever under way, so that giving the next never waits.
        const std::size_t following = next_++;
        if (following < appends_.size()) give(following);
        if (++done_ < appends_.size()) return;
        if (failed_) {
            answered_.set_exception(failed_);
        } else {
            answered_.set_value();
        }
    }

    std::vector<store::Append> appends_;
    std::vector<Clock::time_point> begun_;
    std::vector<double> micros_;
    std::atomic<std::size_t> next_ = 0;
    std::size_t done_ = 0;  ///< With failed_, only the writer's thread's.
    std::exception_ptr failed_;
    std::promise<void> answered_;
    store::GroupWriter writer_;  ///< Ends first.
};

/// The limit: ready octets of so many events at once in raw LMDB, commit after commit, whatever their
/// versions.
void measure_raw(Sheet& sheet, RawLog& raw, Feed& feed, std::size_t in_flight, const std::string& name) {
    constexpr std::size_t commits = 100;
    std::vector<double> micros;
    double seconds = 0;
    for (std::size_t i = 0; i < commits; ++i) {
        const auto append = feed.take(in_flight);
        const auto plan = feed.plan(append);
        const RawEvent event{plan.stored.front().position, 1, append.records.front().stream.value, {}};
        const double taken = seconds_of([&] { raw.append({&event, 1}, plan.octets); });
        seconds += taken;
        micros.push_back(1e6 * taken);
    }
    sheet.sample(name, static_cast<double>(commits * in_flight) / seconds);
    sample_latencies(sheet, name, std::move(micros));
}

}  // namespace

Section bench_group(const Bed& bed) {
    Sheet sheet("group", "Single events, many under way");
    for (const std::size_t in_flight : kInFlight) {
        const std::string name = "group_" + std::to_string(in_flight);
        const std::string label = std::to_string(in_flight) + " in flight";
        sheet.figure(name, label, "events/s");
        declare_latencies(sheet, name, label, false, true);
        const std::string raw = "raw_" + std::to_string(in_flight);
        sheet.limit(raw, "raw LMDB, " + std::to_string(in_flight) + " a commit, nobody waiting", "events/s");
        declare_latencies(sheet, raw, "raw LMDB, " + std::to_string(in_flight) + " a commit", true);
        sheet.ratio("share_of_" + raw, label + " / raw LMDB", name, raw);
    }
    const auto scratch = bed.scratch("group");
    store::lmdb::LmdbStoreOptions options;
    options.keys_of = &engine::record_keys;
    const auto log = sure(LmdbStore::create(scratch.path() / "engine", options));
    RawLog raw(scratch.path() / "raw.mdb", RawLayout::commits, false);
    Feed feed(bed.options.seed);
    Feed raw_feed(bed.options.seed);
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        for (const std::size_t in_flight : kInFlight) {
            bed.say("group: round " + std::to_string(round + 1) + ", in flight " + std::to_string(in_flight));
            std::vector<store::Append> appends(std::max<std::size_t>(1'000, in_flight * 100));
            for (auto& append : appends) append = feed.take(1);
            auto outcome = ClosedLoop(*log, std::move(appends)).run(in_flight);
            const std::string name = "group_" + std::to_string(in_flight);
            sheet.sample(name, outcome.events_a_second);
            sample_latencies(sheet, name, std::move(outcome.micros), true);
            measure_raw(sheet, raw, raw_feed, in_flight, "raw_" + std::to_string(in_flight));
        }
    }
    return sheet.section();
}

}  // namespace certledger::bench
