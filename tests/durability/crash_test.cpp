// What a power cut may leave of a ledger, image by image, opened with the real engine: it opens, it verifies,
// it has everything that was answered, and no half of a command. docs/DURABILITY.md tells what is modelled.
#include <catch2/catch.hpp>
#include <cstdio>
#include <random>
#include <unordered_set>

#include "support/outcomes.hpp"
#include "support/recording.hpp"
#include "support/scratch.hpp"
#include "support/workers.hpp"

using namespace certledger::durability;
using certledger::store::testing::Scratch;

namespace {

enum Count : std::size_t { images, seen_before };

/// Opens every image that a trace may have left.
class Trials {
  public:
    Trials(const Recording& recording, const std::filesystem::path& place, unsigned number, unsigned of,
           Report& report)
        : recording_(recording),
          place_(place / std::to_string(number)),
          number_(number),
          of_(of),
          report_(report) {}

    /// `bounds_of` says how much is tried after a step; nothing is tried after steps before `from`.
    void run(const std::function<Bounds(const Recorded&)>& bounds_of, std::size_t from = 0) {
        Disk disk;
        for (step_ = 0; step_ < recording_.steps.size() && !report_.failed; ++step_) {
            const Recorded& step = recording_.steps[step_];
            disk.take(step);
            if (step_ >= from) try_after(disk, step, bounds_of(step));
            if (step.step != Step::sync_write) continue;
            disk.complete(step);
            returned_ = true;
            if (step_ >= from) try_after(disk, {Step::sync, step.path, 0, {}}, bounds_of(step));
            returned_ = false;
        }
        std::filesystem::remove_all(place_);
    }

  private:
    void try_after(const Disk& disk, const Recorded& step, const Bounds& bounds) {
        after_step(disk, step, step_ + 1, bounds, [&](const Outcome& outcome, const std::string& what) {
            if (!report_.failed) try_image(disk.image(outcome), what);
        });
    }

    [[nodiscard]] Promise promise() const {
        Promise promise;
        promise.answers = recording_.answers[step_];
        promise.may_be_missing = promise.answers == 0;
        const auto [least, most] = recording_.ends[step_];
        promise.heads = {most};
        if (!returned_) promise.heads.push_back(least);
        return promise;
    }

    void try_image(const Image& image, const std::string& what) {
        const Promise promised = promise();
        std::size_t hash = promised.answers * 31 + promised.heads.front() * 7 + promised.heads.back();
        for (const auto& [path, content] : image) {
            hash = hash * 1'099'511'628'211U + std::hash<std::string>{}(path);
            if (content) hash = hash * 1'099'511'628'211U + std::hash<std::string>{}(*content);
        }
        if (hash / 8 % of_ != number_) return;
        if (!tried_.insert(hash).second) {
            report_.count(seen_before);
            return;
        }
        const Recorded& step = recording_.steps[step_];
        report_.trying("step " + std::to_string(step_) + " (" + static_cast<char>(step.step) + " " +
                       step.path + " " + std::to_string(step.offset) + "), " + what);
        write_image(image, place_);
        const Verdict verdict = judge(place_ / kLedger, recording_.history, promised);
        report_.count(images);
        if (verdict.complaint.empty()) return;
        write_image(image, place_.string() + "-failed");
        report_.fail(verdict.complaint);
    }

    const Recording& recording_;
    std::filesystem::path place_;
    unsigned number_;
    unsigned of_;
    Report& report_;
    std::size_t step_ = 0;
    bool returned_ = false;  ///< The synchronous write has returned.
    std::unordered_set<std::size_t> tried_;
};

Bounds bounds_for(const Recorded& step) {
    const std::size_t more = factor();
    // The log is what must not be lost; vault and checkpoints go with it; the rest can be made again.
    if (step.path == kLog) return {24 * more, 40 * more, 6 * more, 3};
    if (step.path.starts_with("ledger/views") || step.path.find("index.mdb") != std::string::npos)
        return {2 * more, 4 * more, 1 * more, 1};
    return {8 * more, 12 * more, 2 * more, 3};
}

void say(const char* what, const Total& total, const Recording& recording) {
    std::printf(
        "%s: %llu images tried (%zu steps, %zu answers, %llu others were the same); lost acknowledged "
        "events: 0\n",
        what, static_cast<unsigned long long>(total.counts[images]), recording.steps.size(),
        recording.history.answers.size(), static_cast<unsigned long long>(total.counts[seen_before]));
}

}  // namespace

TEST_CASE("whatever a power cut leaves opens, verifies and holds all that was answered") {
    const Scratch scratch;
    const Recording recording =
        record(scratch.path(),
               {{{"exec"}, mixed_work("a", 8)}, {{"exec"}, mixed_work("b", 6)}, {{"audit", "sign"}, {}}});
    const unsigned count = workers();
    const Total total = run_workers(count, [&](unsigned number, Report& report) {
        Trials(recording, scratch.path(), number, count, report).run(bounds_for);
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
    CHECK(total.counts[images] > 2'000);
    say("power cuts, small ledger", total, recording);
}

namespace {

/// The disk as a power cut finds it when the newest commit is on it, but for LMDB's page that names it.
Found cut_before_the_last_meta_page(const Recording& recording) {
    constexpr std::uint64_t meta_pages = 8'192;
    Disk disk;
    Found found;
    bool synced = false;
    Image at_sync;
    std::size_t at = 0;
    for (std::size_t i = 0; i < recording.steps.size(); ++i) {
        const Recorded& step = recording.steps[i];
        if (step.path == kLog && step.step == Step::write) {
            if (synced && step.offset < meta_pages) {
                found.image = at_sync;
                found.answers = recording.answers[at];
                found.head = recording.ends[at].most;
            }
            synced = false;
        }
        disk.take(step);
        if (step.step == Step::sync_write) disk.complete(step);
        if (step.path != kLog || step.step != Step::sync) continue;
        synced = true;
        at_sync = disk.present();
        at = i;
    }
    found.history = recording.history;
    return found;
}

}  // namespace

TEST_CASE("a power cut while a commit is redone does not lose it") {
    // A small one stands in the log's own room, a large one where LMDB may write meanwhile.
    const std::size_t certificates = GENERATE(1U, 40U);
    const Scratch scratch;
    const Recording recording =
        record(scratch.path(), {{{"exec"}, {mixed_work("a", 3)[0], large_breath("b", certificates)}}});
    const Found found = cut_before_the_last_meta_page(recording);
    REQUIRE(found.head == recording.ends.back().most);
    const Continued continued = record_on(scratch.path(), found, {{"exec"}, {}});
    const unsigned count = workers();
    const Total total = run_workers(count, [&](unsigned number, Report& report) {
        Trials(continued.recording, scratch.path(), number, count, report).run(bounds_for, continued.found);
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
    // Redoing a small one mostly writes what stands there already.
    CHECK(total.counts[images] > 2);
    say("power cuts while a commit is redone", total, continued.recording);
}

TEST_CASE("each flush of a commit that is kept takes the meta page of the one before along") {
    // A flush that failed may have left that page in memory, where the system takes it for written.
    const Scratch scratch;
    const Recording recording = record(scratch.path(), {{{"exec"}, mixed_work("a", 8)}});
    constexpr std::uint64_t page = 4'096;
    bool kept = false;
    bool meta = false;
    std::size_t commits = 0;
    for (const Recorded& step : recording.steps) {
        if (step.path != kLog) continue;
        if (step.step == Step::sync) {
            CHECK((!kept || meta));
            commits += kept ? 1 : 0;
            kept = meta = false;
        } else if (step.step == Step::write) {
            const bool in_meta = step.offset < 2 * page;
            meta = meta || (kept && in_meta);
            // LMDB writes whole pages.
            kept = kept || (!in_meta && step.offset % page != 0);
        }
    }
    CHECK(commits > 5);
}

TEST_CASE("a power cut while the log's file grows ahead of its use loses nothing") {
    const Scratch scratch;
    std::vector<Breath> work;
    for (const char* name : {"a", "b", "c", "d"}) work.push_back(large_breath(name, 900));
    const Recording recording = record(scratch.path(), {{{"exec"}, work}, {{"exec"}, mixed_work("e", 3)}});
    std::size_t from = 0;
    std::size_t grown = 0;
    for (std::size_t i = 0; i < recording.steps.size(); ++i) {
        const Recorded& step = recording.steps[i];
        if (step.path != kLog || step.step != Step::resize) continue;
        if (++grown == 1) from = i;
    }
    REQUIRE(grown > 0);
    const unsigned count = workers();
    const Total total = run_workers(count, [&](unsigned number, Report& report) {
        Trials(recording, scratch.path(), number, count, report)
            .run(
                [](const Recorded& step) {
                    const std::size_t more = factor();
                    return step.path == kLog ? Bounds{3 * more, 6 * more, 2 * more, 0} : Bounds{1, 1, 0, 0};
                },
                from);
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
    CHECK(total.counts[images] > 50);
    say("power cuts, growing file", total, recording);
}

TEST_CASE("a log that does not wait for its pages before it names them would be found out") {
    const Scratch scratch;
    Recording recording = record(scratch.path(), {{{"exec"}, mixed_work("a", 3)}});
    for (Recorded& step : recording.steps) {
        // As if the disk had been asked for nothing.
        if (step.step == Step::sync && step.path == kLog) step.step = Step::fault;
    }
    const Total total = run_workers(1, [&](unsigned, Report& report) {
        Trials(recording, scratch.path(), 0, 1, report).run([](const Recorded&) {
            return Bounds{2, 2, 1, 1};
        });
    });
    CHECK_FALSE(total.complaint.empty());
}
