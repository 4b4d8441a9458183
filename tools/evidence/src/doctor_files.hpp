// Role: the part of the doctor that looks at files alone; no ledger needs to be open.
#pragma once

#include <certledger/tools/evidence/doctor.hpp>
#include <filesystem>

namespace certledger::evidence {

void examine_modes(const std::filesystem::path& ledger, DoctorReport& report);
void examine_disk(const std::filesystem::path& ledger, DoctorReport& report);
/// Every LMDB file in a folder of the ledger. False: one cannot be read.
bool examine_databases(const std::filesystem::path& folder, DoctorReport& report);

/// "1.5 GiB".
[[nodiscard]] std::string shown_size(std::uint64_t octets);

}  // namespace certledger::evidence
