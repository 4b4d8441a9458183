// Role: runs benches. Each measures the engine and what the machine allows in turns, several rounds in one
// run, because only what was measured side by side can be compared.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/tools/bench/report.hpp>
#include <functional>

namespace certledger::bench {

struct Options {
    std::string
        dir;  ///< For ledgers and scratch files; what is made is kept there. Empty: a folder that goes.
    std::uint64_t certificates = 20'000;
    /// Larger ledgers on which the benches that ask for their size are run as well, in three rounds at most.
    std::vector<std::uint64_t> also_at;
    std::uint64_t events = 100'000;  ///< That a log holds before `append` measures.
    std::size_t rounds = 5;
    std::uint64_t seed = 1;
    bool against_sqlite = false;
    std::string program;  ///< Of `startup`: this program's file. Empty: the running one.
    std::string command;  ///< As it was typed, for the report.
    std::function<void(const std::string& what)> progress;
};

struct Bench {
    const char* name;
    const char* summary;
};

/// In the order in which `all` runs them.
[[nodiscard]] const std::vector<Bench>& benches();

/// Runs the named ones; "all" stands for every one. invalid_input: no such bench; outside, damaged: what the
/// engine or the disk said.
[[nodiscard]] Result<Report> run(const std::vector<std::string>& names, const Options& options);

/// Writes PERFORMANCE.md and performance/*.svg into the folder `docs`. outside: it cannot be written.
[[nodiscard]] Result<void> write_paper(const Report& report, const std::string& docs);

}  // namespace certledger::bench
