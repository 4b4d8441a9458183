// Role: which of the outcomes of a power cut are tried. Not all are: a commit of fifty pages that were not
// synced has 2^400 of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "support/disk.hpp"

namespace certledger::durability {

/// How much is tried after each step.
struct Bounds {
    std::size_t subsets = 16;  ///< Of whole writes: all when there are no more, else so many by chance.
    std::size_t torn = 24;     ///< Of the ways in which the newest write can be torn.
    std::size_t chances = 4;   ///< Of any sectors of all files, by chance.
    std::size_t names = 4;     ///< Of the changes of names: so many of the newest, one after the other.
};

/// An outcome to be tried, and what to call it.
using TryOutcome = std::function<void(const Outcome&, const std::string& what)>;

/// Outcomes after a step that the disk has taken and, if it is a synchronous write, before it returned:
/// everything and nothing of what is unsynced; of the written file all subsets of whole writes with the
/// newest among them, or part of these by chance; the newest write torn: cut off behind each sector, from
/// each sector on, each sector alone and each alone missing, with and without the writes before it; sectors
/// by chance.
void after_step(const Disk& disk, const Recorded& step, std::uint64_t seed, const Bounds& bounds,
                const TryOutcome& try_outcome);

}  // namespace certledger::durability
