// Role: a workload that was recorded: every step on the disk, what was answered when, and what came of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/disk.hpp"
#include "support/judge.hpp"

namespace certledger::durability {

inline constexpr const char* kLedger = "ledger";  ///< The ledger below the watched folder.
inline constexpr const char* kLog = "ledger/log/data.mdb";

/// One run of the program: `exec` with the work, or other words.
struct Run {
    std::vector<std::string> words;  ///< After `--ledger PATH`.
    std::vector<Breath> work;        ///< For `exec`.
};

/// Where the log ends, by what is on the disk of the commit that is under way.
struct Ends {
    std::uint64_t least = 0;  ///< With what is there for certain, a synchronous write not having returned.
    std::uint64_t most = 0;   ///< With everything.
};

struct Recording {
    std::vector<Recorded> steps;
    History history;
    std::vector<std::size_t> answers;  ///< How many had been given when a step was done, per step.
    std::vector<Ends> ends;            ///< Per step.
};

/// Runs the programs one after the other on a new ledger below `place` and records them. Throws when one of
/// them fails, or when the trace does not lead to the files that are there at the end.
[[nodiscard]] Recording record(const std::filesystem::path& place, const std::vector<Run>& runs);

/// What a run of the program does to a disk that was found like this. The steps begin with those that make it
/// so, `found` of them. Of the history that led there so much was answered, and the log is to end there.
struct Found {
    Image image;
    History history;
    std::size_t answers = 0;
    std::uint64_t head = 0;
};
struct Continued {
    Recording recording;
    std::size_t found = 0;
};
[[nodiscard]] Continued record_on(const std::filesystem::path& place, const Found& found, const Run& run);

/// Writes an image into a folder, which is emptied before. The views' marker is made one of another boot: a
/// power cut ends a boot.
void write_image(const Image& image, const std::filesystem::path& folder);

}  // namespace certledger::durability
