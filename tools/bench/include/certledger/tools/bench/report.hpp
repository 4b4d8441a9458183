// Role: what a bench found: figures with their spread, and how they compare with the limits that were
// measured in the same run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace certledger::bench {

/// The median of several rounds, with the lowest and the highest.
struct Spread {
    double median = 0;
    double low = 0;
    double high = 0;
    std::size_t rounds = 0;
};

/// One thing that was measured. Regular value.
struct Figure {
    std::string name;    ///< Unique in its section.
    std::string label;   ///< For people.
    std::string unit;    ///< "events/s", "us", ...
    bool limit = false;  ///< What the machine allows or another program does, without this engine.
    Spread value;
};

/// How a figure compares with another: computed round by round, then the median of these.
struct Ratio {
    std::string name;
    std::string label;
    std::string of;
    std::string to;
    Spread value;
};

/// The outcome of one bench.
struct Section {
    std::string name;  ///< As on the command line.
    std::string title;
    std::vector<std::pair<std::string, std::uint64_t>> sizes;
    std::vector<Figure> figures;
    std::vector<Ratio> ratios;
    std::vector<std::string> notes;

    /// Null when there is none of this name.
    [[nodiscard]] const Figure* figure(const std::string& wanted) const;
    [[nodiscard]] const Ratio* ratio(const std::string& wanted) const;
};

/// Where it was measured.
struct Machine {
    std::string cpu;
    unsigned cores = 0;
    std::uint64_t memory_octets = 0;
    std::string kernel;
    std::string file_system;  ///< Of the folder that was used, with its device.
    std::string compiler;
};

struct Report {
    Machine machine;
    std::string version;
    std::string commit;
    std::string command;
    std::string measured_at;  ///< UTC.
    std::vector<Section> sections;

    [[nodiscard]] const Section* section(const std::string& wanted) const;
};

/// The machine, with the file system that `folder` (which exists) lies on.
[[nodiscard]] Machine this_machine(const std::string& folder);

/// The document of `--json`, indented.
[[nodiscard]] std::string to_json(const Report& report);

/// A number as people read it: four significant digits, thousands as k, M, G.
[[nodiscard]] std::string readable(double value);

}  // namespace certledger::bench
