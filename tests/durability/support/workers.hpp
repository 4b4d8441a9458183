// Role: runs many trials in child processes, so that one that crashes or hangs is found and named and does
// not end the test.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace certledger::durability {

/// What a child tells its parent, in memory that both see.
struct Report {
    static constexpr std::size_t kCounts = 8;
    std::array<std::atomic<std::uint64_t>, kCounts> counts{};
    std::atomic<bool> failed{false};
    std::array<char, 2'048> trial{};      ///< What is being tried.
    std::array<char, 2'048> complaint{};  ///< What did not hold, of the first trial that failed.

    void trying(const std::string& what);
    void fail(const std::string& why);
    void count(std::size_t which, std::uint64_t more = 1) { counts[which] += more; }
};

/// What all children together came to.
struct Total {
    std::array<std::uint64_t, Report::kCounts> counts{};
    std::string complaint;  ///< Empty when no trial failed.
};

/// How many children work side by side: as many as there are processors.
[[nodiscard]] unsigned workers();

/// Runs `work(number, report)` in so many children and waits for them. A child that ends by a signal or with
/// an exit code, or that does not call Report::trying() for a minute, has failed with the trial named last.
[[nodiscard]] Total run_workers(unsigned count, const std::function<void(unsigned, Report&)>& work);

}  // namespace certledger::durability
