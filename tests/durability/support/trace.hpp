// Role: the trace of the probe as the tests read it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "probe/trace_format.hpp"

namespace certledger::durability {

struct Recorded {
    Step step = Step::write;
    std::string path;  ///< Below the watched folder.
    std::uint64_t offset = 0;
    std::string octets;
};

/// Throws std::runtime_error when it does not read.
[[nodiscard]] std::vector<Recorded> read_trace(const std::filesystem::path& file);

}  // namespace certledger::durability
