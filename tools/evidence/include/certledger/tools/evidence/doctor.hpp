// Role: looks a ledger's folder over and says what it finds, with advice. Changes nothing that is not made
// anew by itself.
#pragma once

#include <array>
#include <certledger/events/named_enum.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace certledger::evidence {

enum class Weight : std::uint8_t {
    good = 1,
    note = 2,     ///< Worth knowing.
    warning = 3,  ///< Will hurt if nobody does anything.
    fault = 4,    ///< Something does not hold or cannot be used.
};

/// One thing that was looked at.
struct DoctorFinding {
    std::string check;  ///< Such as `free-pages`; stable.
    Weight weight = Weight::good;
    std::string says;
    std::string advice;  ///< Empty where nothing is to be done.
};

struct DoctorReport {
    std::vector<DoctorFinding> findings;

    [[nodiscard]] Weight worst() const noexcept {
        Weight worst = Weight::good;
        for (const DoctorFinding& finding : findings) worst = finding.weight > worst ? finding.weight : worst;
        return worst;
    }
};

/// Looks at: file modes, disk space, free pages and map size and readers of each database, the log's end and
/// the clock, the checkpoints, the lag of the views, keys in the vault that no record speaks of. This process
/// must not have the ledger open. not_found: there is no ledger; what else goes wrong is a finding.
[[nodiscard]] Result<DoctorReport> examine(const std::string& ledger);

}  // namespace certledger::evidence

template <>
struct certledger::events::EnumTraits<certledger::evidence::Weight> {
    using Weight = certledger::evidence::Weight;
    static constexpr std::string_view kind = "weight";
    static constexpr std::array entries{
        EnumEntry<Weight>{Weight::good, "good"},
        EnumEntry<Weight>{Weight::note, "note"},
        EnumEntry<Weight>{Weight::warning, "warning"},
        EnumEntry<Weight>{Weight::fault, "fault"},
    };
};
