// Role: what must hold at the end of a soak.
#pragma once

#include <certledger/tools/bench/soak.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <filesystem>

namespace certledger::bench {

/// Every answered event stands where the answer said. Adds to the faults; gives the number of answers.
std::uint64_t check_answers(const store::EventStore& log, const std::filesystem::path& answers,
                            std::vector<std::string>& faults);

/// Memory of the last quarter against that of the second, files against the events in them.
void check_growth(const std::vector<SoakSample>& samples, std::vector<std::string>& faults);

/// `audit verify`, with the views.
void check_ledger(engine::Ledger& ledger, std::vector<std::string>& faults);

}  // namespace certledger::bench
