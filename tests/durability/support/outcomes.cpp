#include "support/outcomes.hpp"

#include <algorithm>
#include <random>

namespace certledger::durability {
namespace {

using Masks = std::vector<std::vector<bool>>;

/// Tells the outcomes of one file, the one that the step wrote.
class Teller {
  public:
    Teller(const Disk& disk, int file, const TryOutcome& try_outcome)
        : disk_(disk), file_(file), try_(try_outcome), changes_(disk.unsynced(file)) {}

    [[nodiscard]] std::size_t changes() const { return changes_.size(); }
    [[nodiscard]] std::size_t newest_sectors() const { return changes_.back().sectors(); }

    /// `whole` says of each change whether it is there; of the newest, `sectors` says more when not empty.
    void tell(const std::vector<bool>& whole, const std::vector<bool>& sectors,
              const std::string& what) const {
        Outcome outcome;
        outcome.names = disk_.unsynced_names();
        outcome.file = file_;
        for (std::size_t i = 0; i < changes_.size(); ++i)
            outcome.sectors.emplace_back(changes_[i].sectors(), whole[i]);
        if (!sectors.empty()) outcome.sectors.back() = sectors;
        try_(outcome, what);
        outcome.written = false;
        outcome.whole_length = true;
        try_(outcome, what + ", other files not, its whole length");
    }

  private:
    const Disk& disk_;
    int file_;
    const TryOutcome& try_;
    const std::vector<Disk::Change>& changes_;
};

void tell_subsets(const Teller& teller, std::mt19937_64& random, const Bounds& bounds) {
    const std::size_t others = teller.changes() - 1;
    const bool all = others < 16 && (std::size_t{1} << others) <= bounds.subsets;
    const std::size_t count = all ? std::size_t{1} << others : bounds.subsets;
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<bool> whole(others + 1, true);
        for (std::size_t j = 0; j < others; ++j) whole[j] = all ? ((i >> j) & 1U) != 0 : (random() & 1U) != 0;
        teller.tell(whole, {}, "subset " + std::to_string(i));
    }
}

/// One of the 4n ways in which n sectors are torn.
std::vector<bool> tear(std::size_t way, std::size_t sectors) {
    const std::size_t at = way / 4;
    std::vector<bool> mask(sectors);
    for (std::size_t i = 0; i < sectors; ++i) {
        switch (way % 4) {
            case 0:
                mask[i] = i < at;
                break;
            case 1:
                mask[i] = i > at;
                break;
            case 2:
                mask[i] = i == at;
                break;
            default:
                mask[i] = i != at;
        }
    }
    return mask;
}

void tell_torn(const Teller& teller, std::mt19937_64& random, const Bounds& bounds) {
    const std::size_t sectors = teller.newest_sectors();
    if (sectors < 2) return;
    const std::size_t ways = 4 * sectors;
    const std::size_t count = std::min(ways, bounds.torn);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t way = count == ways ? i : random() % ways;
        const std::vector<bool> before(teller.changes(), i % 2 == 0);
        teller.tell(before, tear(way, sectors), "torn in way " + std::to_string(way));
    }
}

}  // namespace

void after_step(const Disk& disk, const Recorded& step, std::uint64_t seed, const Bounds& bounds,
                const TryOutcome& try_outcome) {
    std::mt19937_64 random(seed);
    const std::size_t names = disk.unsynced_names();
    Outcome outcome;
    outcome.names = names;
    try_outcome(outcome, "everything");
    outcome.written = false;
    try_outcome(outcome, "names only");
    for (std::size_t fewer = 1; fewer <= std::min(names, bounds.names); ++fewer) {
        outcome.names = names - fewer;
        for (const bool written : {false, true}) {
            outcome.written = written;
            try_outcome(outcome, std::to_string(fewer) + " names fewer");
        }
    }
    outcome.names = 0;
    outcome.written = false;
    try_outcome(outcome, "nothing");

    const bool changes_octets =
        step.step == Step::write || step.step == Step::sync_write || step.step == Step::resize;
    if (!changes_octets) return;
    const Teller teller(disk, disk.file_of(step), try_outcome);
    tell_subsets(teller, random, bounds);
    tell_torn(teller, random, bounds);
    for (std::size_t i = 0; i < bounds.chances; ++i) {
        Outcome chance;
        chance.names = names;
        chance.chance = random() | 1U;
        try_outcome(chance, "sectors by chance");
    }
}

}  // namespace certledger::durability
