#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/engine/tick.hpp>

namespace certledger::engine {
namespace {

using events::EventType;
using projections::DueItem;

/// A certificate is valid through its not-after, so that its expiry happens behind it.
events::Instant happens_at(const DueItem& item, events::Instant until) {
    return item.event == EventType::certificate_expired ? std::min(item.at.plus_seconds(1), until) : item.at;
}

domain::Command command_for(const DueItem& item) {
    switch (item.event) {
        case EventType::renewal_due:
            return domain::NoteRenewalDue{item.certificate};
        case EventType::expiry_noticed:
            return domain::NoteExpiry{item.certificate, item.days};
        default:
            break;
    }
    CERTLEDGER_CHECK(item.event == EventType::certificate_expired);
    return domain::ExpireCertificate{item.certificate};
}

/// Whether it is still to be done: the views may be older than what others have done since.
bool still_due(const domain::CertificateState& state, const DueItem& item) {
    if (!state.is(events::Status::issued)) return false;
    const auto& notices = state.notices;
    switch (item.event) {
        case EventType::renewal_due:
            return !state.renewal_due_noted;
        case EventType::expiry_noticed:
            return std::find(notices.begin(), notices.end(), item.days) == notices.end();
        default:
            return !state.revocation_open();
    }
}

Result<void> flush_into(Ledger& ledger, TickReport& report) {
    auto answers = ledger.flush();
    if (!answers) return tl::make_unexpected(answers.error());
    for (auto& answer : *answers) {
        if (answer.ok) report.answers.push_back(std::move(answer));
    }
    return {};
}

Result<std::vector<DueItem>> due_until(Ledger& ledger, const TickOptions& options) {
    const auto views = ledger.views();
    if (!views) return tl::make_unexpected(views.error());
    const auto moment = (*views)->moment({options.until, std::nullopt, std::nullopt});
    if (!moment) return tl::make_unexpected(moment.error());
    return moment->due(options.account);
}

Result<void> submit(Ledger& ledger, const TickOptions& options, const DueItem& item) {
    const auto state = ledger.certificate(item.certificate);
    if (!state) return tl::make_unexpected(state.error());
    if (!still_due(**state, item)) return {};
    Request request;
    request.account = item.account;
    request.actor = options.actor;
    request.occurred_at = happens_at(item, options.until);
    request.command = command_for(item);
    return ledger.submit(std::move(request));
}

}  // namespace

Result<TickReport> tick(Ledger& ledger, const TickOptions& options) {
    if (auto admitted = ledger.admit(); !admitted) return tl::make_unexpected(admitted.error());
    TickReport report;
    const auto due = due_until(ledger, options);
    if (!due) return tl::make_unexpected(due.error());
    for (const DueItem& item : *due) {
        if (auto submitted = submit(ledger, options, item); !submitted) {
            // Nothing is left pending; what was submitted before stands on its own.
            static_cast<void>(ledger.flush());
            return tl::make_unexpected(submitted.error());
        }
        if (!ledger.full()) continue;
        if (auto flushed = flush_into(ledger, report); !flushed) return tl::make_unexpected(flushed.error());
    }
    if (auto flushed = flush_into(ledger, report); !flushed) return tl::make_unexpected(flushed.error());
    return report;
}

}  // namespace certledger::engine
