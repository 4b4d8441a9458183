#include <algorithm>
#include <certledger/projections/moment.hpp>
#include <set>

#include "calendar/calendar_of.hpp"
#include "deployments/deployment_of.hpp"
#include "due/due.hpp"
#include "evidence/evidence_of.hpp"
#include "list/cursor.hpp"
#include "list/list.hpp"
#include "policies_of.hpp"
#include "progress/progress_of.hpp"
#include "quotas/quota_of.hpp"
#include "refunds/refund_of.hpp"
#include "standing.hpp"
#include "watch/watch_of.hpp"

namespace certledger::projections {

Moment::Moment(std::shared_ptr<const RowReader> rows, Position position, Instant clock,
               std::shared_ptr<const policies::PolicyStream> policies, const store::EventStore& log,
               const policies::Zones& zones)
    : rows_(std::move(rows)),
      position_(position),
      clock_(clock),
      log_(&log),
      zones_(&zones),
      ledger_policies_(std::move(policies)) {}

policies::PolicyBook Moment::policies(const events::AccountId& account) const {
    auto found = account_policies_.find(account.value);
    if (found == account_policies_.end()) {
        const auto row = rows_->policies(events::policy_stream(account).value);
        found = account_policies_.emplace(account.value, policies_of(row.value_or(PolicyRow{}))).first;
    }
    return {*ledger_policies_, &found->second};
}

Found<CertificateRow> Moment::row(const events::AccountId& account, const events::CertificateId& id) const {
    const auto place = rows_->find_certificate(id.value);
    Found<CertificateRow> row(CertificateRow{});
    if (!place || !rows_->read_certificate(*place, *row)) return tl::make_unexpected(Absence::unknown);
    if (row->account != account) return tl::make_unexpected(Absence::not_authorized);
    if (row->deleted()) return tl::make_unexpected(Absence::deleted);
    return row;
}

Found<void> Moment::visit_certificate(const events::AccountId& account, const events::CertificateId& id,
                                      const CardVisitor& visit) const {
    CertificateRow memory;
    if (rows_->find_card(account.value, id.value, memory, visit)) return {};
    // There is none to show: the row says why.
    return row(account, id).map([&](const auto& found) { visit(Card(found)); });
}

Found<ListItem> Moment::certificate(const events::AccountId& account, const events::CertificateId& id) const {
    Found<ListItem> item(ListItem{});
    const auto shown = visit_certificate(
        account, id, [&](const Card& card) { *item = list_item(card.row(), policies(account), clock_); });
    if (!shown) return tl::make_unexpected(shown.error());
    return item;
}

Result<ListPage> Moment::list(const events::AccountId& account, const ListQuery& query) const {
    ListPage page;
    const auto book = policies(account);
    auto end = projections::visit_list(
        *rows_, account.value, query, book, clock_, position_,
        [&](const Card& card) { page.items.push_back(list_item(card.row(), book, clock_)); });
    if (!end) return tl::make_unexpected(end.error());
    page.next = std::move(end->next);
    page.as_of = end->as_of;
    return page;
}

Result<ListEnd> Moment::visit_list(const events::AccountId& account, const ListQuery& query,
                                   const CardVisitor& visit) const {
    return projections::visit_list(*rows_, account.value, query, policies(account), clock_, position_, visit);
}

Found<Progress> Moment::progress(const events::AccountId& account, const events::CertificateId& id) const {
    return row(account, id).map([&](const auto& r) {
        return progress_of(r, policies(account), clock_, *zones_);
    });
}

Found<Refund> Moment::refund(const events::AccountId& account, const events::CertificateId& id) const {
    return row(account, id).map([&](const auto& r) {
        return refund_of(r, policies(account), clock_, *zones_);
    });
}

Found<Evidence> Moment::evidence(const events::AccountId& account, const events::CertificateId& id) const {
    return row(account, id).map([&](const auto& r) { return evidence_of(r, policies(account), clock_); });
}

Result<Refunds> Moment::refunds(const events::AccountId& account, const RefundsQuery& query) const {
    if (query.limit && *query.limit == 0)
        return fail(ErrorKind::invalid_input, "limit: 0, must be at least 1");
    const auto prefix = key::of_account(account.value);
    std::string from = prefix;
    if (query.cursor) {
        auto tail = read_cursor(*query.cursor, "r");
        if (!tail) return tl::make_unexpected(tail.error());
        from = prefix + *tail + '\0';
    }
    Refunds refunds;
    RowId last = 0;
    const auto book = policies(account);
    rows_->scan(Index::refunds, from, key::behind(prefix), false, [&](std::string_view, RowId id) {
        const auto found = rows_->certificate(id);
        if (!found) return true;
        auto refund = refund_of(*found, book, clock_, *zones_);
        if (refund.state == RefundStanding::none || (query.state && refund.state != *query.state))
            return true;
        if (query.limit && refunds.items.size() == *query.limit) {
            std::string tail;
            key::append(tail, last);
            refunds.next = make_cursor("r", tail);
            return false;
        }
        refunds.items.push_back(std::move(refund));
        last = id;
        return true;
    });
    refunds.totals = refund_totals(account, query.by);
    return refunds;
}

namespace {

/// `2026-01`.
std::string month_text(int year, int month) {
    return to_string(Instant{events::days_from_date({year, month, 1}) * events::kMicrosPerDay}).substr(0, 7);
}

}  // namespace

Counts Moment::counts(const events::AccountId& account, bool by_month) const {
    std::map<std::tuple<int, int, Status>, std::int64_t> sums;
    rows_->each_count_of(account.value, [&](const CountRow& row) {
        sums[{by_month ? row.year : 0, by_month ? row.month : 0, row.status}] += row.certificates;
        return true;
    });
    Counts counts;
    for (const auto& [split, certificates] : sums) {
        const auto& [year, month, status] = split;
        if (certificates == 0) continue;
        counts.items.push_back(
            {by_month ? std::optional(month_text(year, month)) : std::nullopt, status, certificates});
    }
    return counts;
}

std::vector<RefundTotal> Moment::refund_totals(const std::optional<events::AccountId>& account,
                                               TotalsBy by) const {
    std::map<std::tuple<int, int, std::string, std::string>, TotalRow> sums;
    const auto add = [&](const TotalRow& row) {
        if (row.decisions == 0) return true;
        auto& sum = sums[{by.month ? row.year : 0, by.month ? row.month : 0,
                          by.account ? row.account.value : std::string(), row.currency}];
        sum.currency = row.currency;
        sum.add(row.high, row.low);
        return true;
    };
    if (account) {
        rows_->each_total_of(account->value, add);
    } else {
        rows_->each_total(add);
    }
    std::vector<RefundTotal> totals;
    for (const auto& [split, sum] : sums) {
        const auto& [year, month, whose, currency] = split;
        RefundTotal total;
        if (by.month) total.month = month_text(year, month);
        if (by.account) total.account = whose;
        total.currency = currency;
        total.amount = amount_text(sum);
        totals.push_back(std::move(total));
    }
    return totals;
}

Found<QuotaItem> Moment::quota(const events::AccountId& account, const events::QuotaId& id) const {
    const auto found = rows_->quota(id.value);
    if (!found) return tl::make_unexpected(Absence::unknown);
    if (found->account != account) return tl::make_unexpected(Absence::not_authorized);
    return quota_of(*found);
}

Quotas Moment::quotas(const events::AccountId& account) const {
    Quotas quotas;
    const auto prefix = key::of_account(account.value);
    rows_->scan(Index::quota, prefix, key::behind(prefix), false, [&](std::string_view found, RowId) {
        if (const auto row = rows_->quota(found.substr(prefix.size() + 8)))
            quotas.items.push_back(quota_of(*row));
        return true;
    });
    return quotas;
}

namespace {

/// Calls `visit` with every row that has something open of this kind since or until `until`.
template <class Visit>
void scan_attention(const RowReader& rows, std::string_view account, Attention what, Instant until,
                    const Visit& visit) {
    const auto prefix = key::of_account(account) + static_cast<char>(what);
    auto last = prefix;
    key::append(last, until);
    rows.scan(Index::attention, prefix, key::behind(last), false, [&](std::string_view, RowId row) {
        visit(row);
        return true;
    });
}

/// The latest not-after that a notice or the renewal window may concern now.
Instant horizon(const policies::PolicyBook& book, Instant now) {
    std::int64_t days = book.get<events::RenewalPolicy>(now).first.window_days;
    for (const auto notice : book.get<events::NoticesPolicy>(now).first.days) days = std::max(days, notice);
    return moved(now, std::min(days, std::int64_t{3'660'000}) * events::kSecondsPerDay);
}

std::vector<std::string> accounts_of(const RowReader& rows) {
    std::vector<std::string> accounts;
    std::string from;
    for (bool found = true; found;) {
        found = false;
        rows.scan(Index::id, from, "\xFF", false, [&](std::string_view key, RowId) {
            accounts.emplace_back(key.substr(0, key.find('\0')));
            found = true;
            return false;
        });
        if (found) from = key::behind(key::of_account(accounts.back()));
    }
    return accounts;
}

}  // namespace

Watch Moment::watch(const events::AccountId& account) const {
    const auto book = policies(account);
    std::set<RowId> open;
    for (const auto what : {Attention::application_open, Attention::deployment_open,
                            Attention::revocation_open, Attention::refund_unpaid})
        scan_attention(*rows_, account.value, what, clock_, [&](RowId row) { open.insert(row); });
    scan_attention(*rows_, account.value, Attention::valid_until, horizon(book, clock_),
                   [&](RowId row) { open.insert(row); });
    Watch watch;
    for (const auto id : open) {
        if (const auto found = rows_->certificate(id)) {
            auto items = watch_of(*found, book, clock_, *zones_);
            watch.items.insert(watch.items.end(), items.begin(), items.end());
        }
    }
    std::stable_sort(watch.items.begin(), watch.items.end(),
                     [](const auto& a, const auto& b) { return a.by < b.by; });
    return watch;
}

std::vector<DueItem> Moment::due(const std::optional<events::AccountId>& account) const {
    std::vector<DueItem> due;
    const auto accounts = account ? std::vector<std::string>{account->value} : accounts_of(*rows_);
    for (const auto& whose : accounts) {
        const auto book = policies(events::AccountId{whose});
        scan_attention(*rows_, whose, Attention::valid_until, horizon(book, clock_), [&](RowId id) {
            const auto found = rows_->certificate(id);
            if (!found) return;
            const auto items = due_of(*found, book, clock_);
            due.insert(due.end(), items.begin(), items.end());
        });
    }
    std::stable_sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return due;
}

namespace {

/// What of a row is begun and open.
template <class Add>
void each_open_work(const CertificateRow& row, const Add& add) {
    if (row.is(Status::pending_verification) && row.application)
        add(events::EventType::application_submitted, row.application->submitted_at, std::string());
    if (!row.is(Status::issued)) return;
    for (const auto& deployment : row.deployments) {
        if (deployment.open_since)
            add(events::EventType::deployment_started, *deployment.open_since, deployment.target);
    }
    if (row.revocation)
        add(events::EventType::revocation_requested, row.revocation->requested_at, std::string());
}

}  // namespace

std::vector<OpenWork> Moment::open_work(const std::optional<events::AccountId>& account) const {
    std::vector<OpenWork> work;
    const auto accounts = account ? std::vector<std::string>{account->value} : accounts_of(*rows_);
    for (const auto& whose : accounts) {
        std::set<RowId> open;
        for (const auto what :
             {Attention::application_open, Attention::deployment_open, Attention::revocation_open})
            scan_attention(*rows_, whose, what, events::kLatest, [&](RowId row) { open.insert(row); });
        for (const auto id : open) {
            const auto row = rows_->certificate(id);
            if (!row) continue;
            each_open_work(*row, [&](events::EventType begun, Instant since, std::string target) {
                work.push_back(
                    {row->account, row->certificate, begun, std::move(target), since, row->version});
            });
        }
    }
    std::stable_sort(work.begin(), work.end(),
                     [](const auto& a, const auto& b) { return a.since < b.since; });
    return work;
}

Calendar Moment::calendar(const events::AccountId& account, const CalendarQuery& query) const {
    Calendar calendar;
    const auto book = policies(account);
    auto prefix = key::of_account(account.value) + static_cast<char>(Status::issued);
    auto from = prefix;
    auto last = prefix;
    if (query.from) key::append(from, *query.from);
    if (query.until) key::append(last, *query.until);
    rows_->scan(Index::status_not_after, from, key::behind(last), false, [&](std::string_view, RowId id) {
        const auto found = rows_->certificate(id);
        if (found && found->issued) calendar.items.push_back(calendar_of(*found, book, clock_));
        return true;
    });
    return calendar;
}

Deployments Moment::deployments(const events::AccountId& account) const {
    const auto prefix = key::of_account(account.value);
    std::set<RowId> holders;
    rows_->scan(Index::target, prefix, key::behind(prefix), false, [&](std::string_view, RowId row) {
        holders.insert(row);
        return true;
    });
    Deployments made;
    for (const auto id : holders) {
        const auto found = rows_->certificate(id);
        if (!found) continue;
        for (const auto& deployment : found->deployments) {
            if (deployment.held) made.items.push_back(deployment_of(*found, deployment));
        }
    }
    std::sort(made.items.begin(), made.items.end(),
              [](const auto& a, const auto& b) { return a.target < b.target; });
    return made;
}

Result<Found<void>> Moment::history(const events::AccountId& account, const events::StreamId& stream,
                                    const store::RecordVisitor& visit) const {
    Found<void> found = tl::make_unexpected(Absence::unknown);
    const auto read =
        log_->read_stream(stream.value, 1, ~std::uint64_t{0}, store::Direction::forward,
                          [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
                              if (record.position > position_) return false;
                              if (record.account != account.value) {
                                  if (record.version == 1)
                                      found = tl::make_unexpected(Absence::not_authorized);
                                  return false;
                              }
                              found = {};
                              return visit(record, bytes);
                          });
    if (!read) return tl::make_unexpected(read.error());
    return found;
}

std::vector<events::CertificateId> Moment::resolve_certificate(const events::AccountId& account,
                                                               std::string_view text,
                                                               std::size_t most) const {
    if (text.empty() || text.size() > key::kMostText) return {};
    if (rows_->find_certificate(text)) return {events::CertificateId{std::string(text)}};
    std::vector<events::CertificateId> found;
    const auto take = [&](RowId id, bool live_only) {
        const auto row = rows_->certificate(id);
        if (!row || (live_only && (row->is(Status::revoked) || row->is(Status::expired)))) return true;
        if (std::find(found.begin(), found.end(), row->certificate) == found.end())
            found.push_back(row->certificate);
        return found.size() < most;
    };
    const auto prefix = key::of_account(account.value) + std::string(text);
    rows_->scan(Index::id, prefix, key::behind(prefix), false,
                [&](std::string_view, RowId id) { return take(id, false); });
    if (found.size() >= most) return found;
    auto name = key::of_account(account.value);
    key::append(name, key::turned_round(text));
    rows_->scan(Index::domain, name, key::behind(name), false,
                [&](std::string_view, RowId id) { return take(id, true); });
    if (!found.empty()) return found;
    // Nothing valid has the name: what was revoked or expired can still be asked about.
    rows_->scan(Index::domain, name, key::behind(name), false,
                [&](std::string_view, RowId id) { return take(id, false); });
    return found;
}

std::vector<events::QuotaId> Moment::resolve_quota(const events::AccountId& account, std::string_view text,
                                                   std::size_t most) const {
    if (text.empty() || text.size() > key::kMostText) return {};
    if (rows_->quota(text)) return {events::QuotaId{std::string(text)}};
    std::vector<events::QuotaId> found;
    const auto prefix = key::of_account(account.value);
    rows_->scan(Index::quota, prefix, key::behind(prefix), false, [&](std::string_view entry, RowId) {
        const auto id = entry.substr(prefix.size() + 8);
        if (id.starts_with(text)) found.push_back(events::QuotaId{std::string(id)});
        return found.size() < most;
    });
    return found;
}

}  // namespace certledger::projections
