#include "due.hpp"

#include <algorithm>

namespace certledger::projections {

std::vector<DueItem> due_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    std::vector<DueItem> due;
    if (!row.is(Status::issued) || !row.issued) return due;
    const auto add = [&](events::EventType event, Instant at, std::int64_t days = 0) {
        if (at <= now) due.push_back({row.certificate, row.account, event, days, at});
    };
    if (!row.uploaded && !row.renewal && !row.renewal_due_at)
        add(events::EventType::renewal_due, std::max(renewal_from(row, book, now), row.issuance->at));
    for (const auto& notice : notices_of(row, book, now)) {
        if (std::find(row.notices.begin(), row.notices.end(), notice.days) == row.notices.end())
            add(events::EventType::expiry_noticed, notice.due, notice.days);
    }
    // At not-after itself it is still valid.
    if (now > row.issued->not_after && !row.revocation)
        add(events::EventType::certificate_expired, row.issued->not_after);
    std::stable_sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return due;
}

}  // namespace certledger::projections
