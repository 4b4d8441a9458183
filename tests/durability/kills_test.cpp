// Several processes append to one ledger, and are killed one after the other at any moment.
#include <poll.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/events/json/json.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <random>

#include "support/judge.hpp"
#include "support/scratch.hpp"
#include "support/workers.hpp"

using namespace certledger::durability;
using certledger::store::testing::Scratch;

namespace {

constexpr std::size_t kWriters = 3;
constexpr int kPatience = 60'000;  ///< Milliseconds without an answer of anybody.

/// A process that is given one breath after the other.
class Writer {
  public:
    Writer(const std::filesystem::path& ledger, const std::string& name)
        : work_(mixed_work(name, 400)),
          program_(std::make_unique<Program>(
              std::vector<std::string>{"--ledger", ledger.string(), "--actor", "ada", "exec"})) {
        breathe();
    }

    [[nodiscard]] int output() const { return program_->output(); }

    /// Reads what is there; false when it has ended by itself, which it must not.
    bool listen(std::vector<Answered>& answers) {
        if (!program_->read_more()) return false;
        take(answers);
        return true;
    }

    void kill(std::vector<Answered>& answers) {
        program_->kill(SIGKILL);
        program_->wait();
        // What it managed to say before it died counts too.
        take(answers);
        killed_ = true;
    }
    [[nodiscard]] bool killed() const { return killed_; }
    [[nodiscard]] std::string complaints() {
        program_->wait();
        return program_->complaints();
    }

  private:
    void breathe() {
        asked_ = next_ < work_.size() ? work_[next_++] : Breath{};
        heard_ = 0;
        program_->say(text_of({asked_}));
    }
    void take(std::vector<Answered>& answers) {
        while (heard_ < asked_.size()) {
            const auto line = program_->heard_line();
            if (!line) return;
            answers.push_back(answered(asked_[heard_++], *line));
        }
        breathe();
    }

    std::vector<Breath> work_;
    std::unique_ptr<Program> program_;
    Breath asked_;
    std::size_t next_ = 0;
    std::size_t heard_ = 0;
    bool killed_ = false;
};

/// Some processes on one ledger.
class Crowd {
  public:
    Crowd(const std::filesystem::path& ledger, unsigned seed) : ledger_(ledger), random_(seed) {
        for (std::size_t i = 0; i < kWriters; ++i) writers_.push_back(join());
    }

    /// Goes on until so many answers more are there, then kills one of them in the middle of its work. Throws
    /// when somebody ends or stops by himself.
    void kill_one(std::size_t after) {
        const std::size_t until = answers.size() + after;
        while (answers.size() < until) listen(kPatience);
        // Some more or less of a commit's time.
        listen(static_cast<int>(random_() % 4));
        auto& victim = writers_[random_() % writers_.size()];
        victim->kill(answers);
        victim = join();
    }

    void kill_all() {
        for (auto& writer : writers_) writer->kill(answers);
        writers_.clear();
    }

    std::vector<Answered> answers;

  private:
    std::unique_ptr<Writer> join() {
        return std::make_unique<Writer>(ledger_, "w" + std::to_string(joined_++) + "-");
    }

    void listen(int milliseconds) {
        std::vector<pollfd> ends;
        for (const auto& writer : writers_) ends.push_back({writer->output(), POLLIN, 0});
        const int ready = ::poll(ends.data(), ends.size(), milliseconds);
        if (ready == 0 && milliseconds == kPatience) throw std::runtime_error("nobody answers any more");
        for (std::size_t i = 0; i < ends.size(); ++i) {
            if (ends[i].revents != 0 && !writers_[i]->listen(answers))
                throw std::runtime_error("one has ended by itself: " + writers_[i]->complaints());
        }
    }

    std::filesystem::path ledger_;
    std::mt19937 random_;
    std::vector<std::unique_ptr<Writer>> writers_;
    std::size_t joined_ = 0;
};

}  // namespace

TEST_CASE("what any of several processes answered before it was killed is there, whole, and the log holds") {
    const std::uint64_t rounds = 10 * factor();
    std::uint64_t kills = 0;
    std::uint64_t answers = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const Scratch scratch;
        const auto ledger = scratch / "ledger";
        std::mt19937 random(static_cast<unsigned>(round));
        Crowd crowd(ledger, static_cast<unsigned>(round));
        for (int i = 0; i < 20; ++i) {
            crowd.kill_one(random() % 40);
            ++kills;
        }
        crowd.kill_all();
        kills += kWriters;
        answers += crowd.answers.size();
        // In the order of the log, so that the last that was given comes last.
        std::stable_sort(crowd.answers.begin(), crowd.answers.end(),
                         [](const Answered& a, const Answered& b) { return a.position < b.position; });
        const Total total = run_workers(1, [&](unsigned, Report& report) {
            report.trying("round " + std::to_string(round));
            const History history = read_history(ledger, crowd.answers);
            const Verdict verdict = judge(ledger, history, {crowd.answers.size(), {}, false});
            if (!verdict.complaint.empty()) report.fail(verdict.complaint);
            for (const Answered& one : crowd.answers) {
                if (one.position == 0) continue;
                if (one.position > history.records.size())
                    report.fail("lost: " + one.answer);
                else if (history.commands[one.position - 1] != one.id)
                    report.fail("another command: " + one.answer);
            }
        });
        INFO(total.complaint);
        REQUIRE(total.complaint.empty());
    }
    CHECK(answers > 100);
    std::printf("kills: %llu of %zu processes at a time, %llu answers; lost acknowledged events: 0\n",
                static_cast<unsigned long long>(kills), kWriters, static_cast<unsigned long long>(answers));
}
