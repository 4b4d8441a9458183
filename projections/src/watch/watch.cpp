#include <algorithm>

#include "due/due.hpp"
#include "progress/progress_of.hpp"
#include "watch_of.hpp"

namespace certledger::projections {

using events::EventType;

namespace {

class Missing {
  public:
    Missing(const CertificateRow& row, Instant now) : row_(row), now_(now) {}

    void add(EventType event, Instant by) {
        if (now_ <= by) return;
        const WatchItem item{row_.certificate, event, by,
                             (now_.micros - by.micros) / events::kMicrosPerSecond};
        // Several names of one order wait for the same event: that is one finding.
        if (std::find(items_.begin(), items_.end(), item) == items_.end()) items_.push_back(item);
    }
    [[nodiscard]] std::vector<WatchItem> take() { return std::move(items_); }

  private:
    const CertificateRow& row_;
    Instant now_;
    std::vector<WatchItem> items_;
};

}  // namespace

std::vector<WatchItem> watch_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now,
                                const policies::Zones& zones) {
    Missing missing(row, now);
    for (const auto& made : progress_of(row, book, now, zones).steps) {
        // Every target that owes an answer counts, not only the first; a renewal that nobody began is no
        // fault, one that was begun is owed until the certificate ends.
        if (!made.expected || !made.expected->by || made.step == StepName::deployment) continue;
        if (made.step == StepName::renewal && made.expected->event != EventType::renewal_completed) continue;
        missing.add(made.expected->event, *made.expected->by);
    }
    for (const auto& deployment : row.deployments) {
        if (deployment.open_since && row.is(Status::issued))
            missing.add(EventType::certificate_deployed,
                        moved(*deployment.open_since, kDeploymentLimitSeconds));
    }
    for (const auto& due : due_of(row, book, now)) {
        if (due.event != EventType::certificate_expired) missing.add(due.event, due.at);
    }
    // Shown also while a requested revocation keeps the tick from it (rulings 21).
    if (row.is(Status::issued) && row.issued)
        missing.add(EventType::certificate_expired, row.issued->not_after);
    return missing.take();
}

}  // namespace certledger::projections
