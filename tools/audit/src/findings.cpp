#include "findings.hpp"

#include <algorithm>
#include <tuple>

namespace certledger::audit {

void Findings::add(store::Position position, std::string message) {
    if (position == 0 || position > report_.head) {
        ++report_.other_faults;
    } else if (position != last_bad_) {
        last_bad_ = position;
        bad_.add(position, position);
        ++report_.bad_records;
    }
    report_.findings.push_back({position, std::move(message)});
    if (report_.findings.size() > 2 * VerifyReport::kMostFindings) shorten();
}

void Findings::finish() {
    const bool counted = bad_.finish([this](store::Position, store::Position) { --report_.bad_records; });
    if (!counted) add(0, "bad records: how many is not known exactly, the temporary file failed");
    shorten();
}

/// Those of the first records, whenever they were told; what is about no one record comes last.
void Findings::shorten() {
    auto& kept = report_.findings;
    const auto place = [](const Finding& finding) {
        return std::tuple(finding.position == 0, finding.position, std::string_view(finding.message));
    };
    std::sort(kept.begin(), kept.end(),
              [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
    if (kept.size() > VerifyReport::kMostFindings) kept.resize(VerifyReport::kMostFindings);
}

}  // namespace certledger::audit
