#include "standing.hpp"

#include <algorithm>

namespace certledger::projections {

Instant moved(Instant at, std::int64_t seconds) {
    constexpr std::int64_t most =
        (events::kLatest.micros - events::kEarliest.micros) / events::kMicrosPerSecond;
    const Instant to = at.plus_seconds(std::clamp(seconds, -most, most));
    return std::clamp(to, events::kEarliest, events::kLatest);
}

bool is_address(std::string_view ascii) noexcept {
    // A name's last label is never all digits, so digits and dots alone are an IPv4 address.
    return ascii.find(':') != std::string_view::npos ||
           ascii.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::optional<Instant> review_limit(const CertificateRow& row, const policies::PolicyBook& book) {
    if (!row.is(Status::pending_verification) || !row.submitted_at || !row.product) return std::nullopt;
    const Instant since = *row.submitted_at;
    const auto [review, ref] = book.get<events::ReviewPolicy>(since);
    switch (row.product->level) {
        case events::Level::dv:
            return moved(since, review.dv_seconds);
        case events::Level::ov:
            return moved(since, review.ov_seconds);
        case events::Level::ev:
            return moved(since, review.ev_seconds);
    }
    return std::nullopt;
}

bool stalled(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    const auto limit = review_limit(row, book);
    return limit && now > *limit;
}

bool reusable(const policies::PolicyBook& book, Instant proven, Instant now) {
    const auto [reuse, ref] = book.get<events::ReusePolicy>(now);
    return now <= moved(proven, policies::days_at(reuse.steps, now) * events::kSecondsPerDay);
}

Instant reusable_until(const policies::PolicyBook& book, Instant proven, Instant now) {
    const auto [reuse, ref] = book.get<events::ReusePolicy>(now);
    Instant until = moved(proven, policies::days_at(reuse.steps, proven) * events::kSecondsPerDay);
    for (const auto& step : reuse.steps) {
        if (step.from <= proven) continue;
        if (step.from > until) break;
        const Instant end = moved(proven, step.days * events::kSecondsPerDay);
        if (end < step.from) return moved(step.from, -1);
        until = end;
    }
    return until;
}

std::optional<std::int64_t> days_left(const CertificateRow& row, Instant now) {
    if (!row.issued) return std::nullopt;
    return std::max<std::int64_t>(0, row.issued->not_after.micros - now.micros) / events::kMicrosPerDay;
}

std::vector<Flag> flags_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    std::vector<Flag> flags;
    if (row.is(Status::issued) && row.issued &&
        row.issued->not_after <= moved(now, kExpiringDays * events::kSecondsPerDay))
        flags.push_back(Flag::expiring);
    if (row.hosted) flags.push_back(Flag::hosted);
    if (row.uploaded) flags.push_back(Flag::uploaded);
    if (std::any_of(row.deployments.begin(), row.deployments.end(), [](const auto& d) { return d.held; }))
        flags.push_back(Flag::deployed);
    if (row.revocation) flags.push_back(Flag::revocation_requested);
    if (stalled(row, book, now)) flags.push_back(Flag::stalled);
    return flags;
}

Instant renewal_from(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    const auto [renewal, ref] = book.get<events::RenewalPolicy>(now);
    return std::max(policies::renewal_window_start(renewal, row.issued->not_after), events::kEarliest);
}

std::vector<Notice> notices_of(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    std::vector<Notice> notices;
    if (!row.is(Status::issued) || !row.issued) return notices;
    const auto [policy, ref] = book.get<events::NoticesPolicy>(now);
    for (const auto days : policy.days) {
        const Instant due = moved(row.issued->not_after, -days * events::kSecondsPerDay);
        if (due >= row.issuance->at) notices.push_back({days, due});
    }
    std::sort(notices.begin(), notices.end(), [](const auto& a, const auto& b) { return a.due < b.due; });
    return notices;
}

ListItem list_item(const CertificateRow& row, const policies::PolicyBook& book, Instant now) {
    ListItem item;
    item.certificate = row.certificate;
    item.account = row.account;
    for (const auto& name : row.names) {
        item.names.push_back(name.ascii);
        item.names_unicode.emplace_back(name.shown());
    }
    if (row.product) {
        item.brand = row.product->brand;
        item.level = row.product->level;
        item.kind = row.product->kind;
    }
    item.status = row.status;
    item.flags = flags_of(row, book, now);
    if (row.issued) {
        item.not_before = row.issued->not_before;
        item.not_after = row.issued->not_after;
        item.serial = row.issued->serial;
        item.sha256 = row.issued->sha256;
    }
    item.days_left = days_left(row, now);
    for (const auto& deployment : row.deployments) {
        if (deployment.held) item.targets.push_back(deployment.target);
    }
    item.predecessor = row.predecessor;
    if (row.renewal) item.successor = row.renewal->successor;
    item.created_at = row.created_at;
    return item;
}

}  // namespace certledger::projections
