// Role: what the tests let the program do, and what it answered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/program.hpp"

namespace certledger::durability {

/// Lines that are said in one breath: mostly one commit.
using Breath = std::vector<std::string>;

/// A line that was answered, in order.
struct Answered {
    std::string line;    ///< What was asked.
    std::string answer;  ///< What came back.
    std::string id;
    std::uint64_t position = 0;  ///< Of its last record; 0 when it left none.
    bool refused = false;
    std::string key_of;  ///< The certificate whose private key was made by it, or nothing.
};

/// Quotas, certificates, applications with keys, refusals and queries; `name` keeps the ids of different
/// workloads apart. Grows with `breaths`.
[[nodiscard]] std::vector<Breath> mixed_work(const std::string& name, std::size_t breaths);

/// One breath that makes so many certificates: a large commit.
[[nodiscard]] Breath large_breath(const std::string& name, std::size_t certificates);

[[nodiscard]] Answered answered(const std::string& line, const std::string& answer);

/// Says the breaths to a program that runs `exec`, and waits for the answers to each before the next. Stops
/// when the program does; the answers so far are added.
void converse(Program& program, const std::vector<Breath>& work, std::vector<Answered>& answers);

/// The work as a file for `exec`.
[[nodiscard]] std::string text_of(const std::vector<Breath>& work);

/// A number from the environment: how much more than usual a test shall do.
[[nodiscard]] std::uint64_t factor();

}  // namespace certledger::durability
