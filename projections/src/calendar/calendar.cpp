#include "calendar_of.hpp"

namespace certledger::projections {

CalendarItem calendar_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    CalendarItem item;
    item.certificate = row.certificate;
    for (const auto& name : row.names) item.names.push_back(name.ascii);
    item.status = row.status;
    item.not_after = row.issued->not_after;
    item.days_left = days_left(row, now).value_or(0);
    if (!row.uploaded) item.renewal_from = renewal_from(row, book, now);
    if (row.renewal) item.successor = row.renewal->successor;
    for (const auto& notice : notices_of(row, book, now)) {
        if (notice.due <= now) continue;
        item.next_notice_at = notice.due;
        break;
    }
    return item;
}

}  // namespace certledger::projections
