// Role: what the parts of a soak share: when it is over, what was counted, what went wrong, what was
// answered.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace certledger::bench {

/// Threads: any.
class SoakRun {
  public:
    explicit SoakRun(std::filesystem::path answers) : answers_path_(std::move(answers)) {
        answers_.open(answers_path_, std::ios::trunc);
    }

    /// Waits, at most until the run is over; whether it is.
    bool over_within(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return ended_.wait_for(lock, time, [&] { return over_; });
    }
    [[nodiscard]] bool over() {
        const std::lock_guard lock(mutex_);
        return over_;
    }
    void end() {
        const std::lock_guard lock(mutex_);
        over_ = true;
        ended_.notify_all();
    }

    void count(const std::string& what, std::uint64_t times = 1) {
        const std::lock_guard lock(mutex_);
        counts_[what] += times;
    }
    /// Something that must not be; ends the run.
    void fault(std::string what) {
        const std::lock_guard lock(mutex_);
        faults_.push_back(std::move(what));
        over_ = true;
        ended_.notify_all();
    }
    /// An event that somebody was told about. Kept in a file, so that memory stays what it is.
    void answered(const std::string& stream, std::uint64_t version, std::uint64_t position) {
        const std::lock_guard lock(mutex_);
        answers_ << position << ' ' << version << ' ' << stream << '\n';
    }

    [[nodiscard]] std::map<std::string, std::uint64_t> counts() {
        const std::lock_guard lock(mutex_);
        return counts_;
    }
    [[nodiscard]] std::vector<std::string> faults() {
        const std::lock_guard lock(mutex_);
        return faults_;
    }
    /// The file of answers, whole; nothing may be added any more.
    [[nodiscard]] const std::filesystem::path& close_answers() {
        const std::lock_guard lock(mutex_);
        answers_.close();
        return answers_path_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;
    std::map<std::string, std::uint64_t> counts_;
    std::vector<std::string> faults_;
    const std::filesystem::path answers_path_;
    std::ofstream answers_;
};

}  // namespace certledger::bench
