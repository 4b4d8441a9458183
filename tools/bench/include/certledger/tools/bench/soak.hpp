// Role: a ledger under everything at once for as long as asked: commands, questions, views made anew, a slow
// reader, checkpoints being signed, and a process that is killed and started again.
#pragma once

#include <certledger/events/result.hpp>
#include <functional>
#include <string>
#include <vector>

namespace certledger::bench {

struct SoakOptions {
    std::string dir;      ///< Where nothing or an empty folder is; the ledger stays there.
    std::string program;  ///< The program that is killed: `certledger`. Empty: the running one.
    std::uint64_t seconds = 20;
    std::uint64_t seed = 1;
    std::function<void(std::uint64_t second, std::uint64_t whole)> progress;
};

/// What was seen at one moment.
struct SoakSample {
    double second = 0;
    std::uint64_t memory = 0;  ///< Octets of this process alone, mapped files aside.
    std::uint64_t events = 0;
    std::uint64_t log_octets = 0;  ///< Of each file what is in use.
    std::uint64_t index_octets = 0;
    std::uint64_t views_octets = 0;
};

struct SoakReport {
    std::vector<SoakSample> samples;
    std::vector<std::pair<std::string, std::uint64_t>> counts;  ///< What was done.
    std::vector<std::string> faults;                            ///< What must not be; one sentence each.

    [[nodiscard]] bool good() const noexcept { return faults.empty(); }
};

/// Runs for the time asked for, then checks: every answer that was given stands in the log, `audit verify`
/// finds nothing, memory is flat, and no file grew faster than the log's events. An error means that the run
/// itself could not go on: invalid_input (the folder), outside.
[[nodiscard]] Result<SoakReport> soak(const SoakOptions& options);

}  // namespace certledger::bench
