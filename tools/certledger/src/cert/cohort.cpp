#include "cert/cohort.hpp"

#include <certledger/projections/amount_text.hpp>

#include <algorithm>
#include <map>

#include "report.hpp"

namespace certledger::cli {
namespace {

using events::Instant;
using events::to_name;
using events::json::OrderedJson;
using projections::RefundStanding;
using projections::TotalRow;

/// Reads the step of an open request.
void take_request(CohortRow& row, const projections::Progress& progress) {
    for (const auto& step : progress.steps) {
        if (step.step != projections::StepName::revocation || !step.expected) continue;
        row.due = step.expected->by;
        row.missing = to_name(step.expected->event);
        if (step.cause) row.reason = events::from_name<events::RevocationReason>(*step.cause);
    }
}

std::string names_text(const CohortRow& row) {
    std::string names;
    for (const auto& name : row.item.names_unicode) names += (names.empty() ? "" : " ") + name;
    return names;
}

std::string refund_brief(const projections::Refund& refund) {
    std::string text(to_name(refund.state));
    if (refund.amount) text += ", " + events::to_string(*refund.amount);
    return text;
}

std::int64_t seconds_left(Instant due, Instant now) { return due.seconds() - now.seconds(); }

/// `2 d 3 h left`, `5 min late`.
Cell countdown(const CohortRow& row, Instant now) {
    if (!row.due) return {};
    const std::int64_t left = seconds_left(*row.due, now);
    if (left < 0) return {shown_duration(-left) + " late", Style::bad};
    return {shown_duration(left) + " left", left < events::kSecondsPerDay ? Style::warn : Style::plain};
}

std::string result_of(const CohortRow& row) {
    if (!row.refused_by.empty()) return "refused: " + row.refused_by;
    if (row.due) return "waits for " + row.missing;
    return std::string(to_name(row.item.status));
}

OrderedJson sums_json(const std::vector<CohortRow>& rows, bool eligible) {
    auto totals = OrderedJson::array();
    for (const auto& [currency, amount] : refund_sums(rows, eligible)) {
        totals.push_back({{"currency", currency}, {"amount", amount}});
    }
    return totals;
}

void print_sums(Output& out, const char* label, const std::vector<CohortRow>& rows, bool eligible) {
    for (const auto& [currency, amount] : refund_sums(rows, eligible)) out.line(label + amount);
}

}  // namespace

std::vector<CohortRow> cohort_rows(const projections::Moment& moment, const events::AccountId& account,
                                   const std::vector<events::CertificateId>& ids) {
    std::vector<CohortRow> rows;
    for (const auto& id : ids) {
        CohortRow row;
        auto item = moment.certificate(account, id);
        if (!item) continue;
        row.item = std::move(*item);
        if (auto refund = moment.refund(account, id)) row.refund = std::move(*refund);
        const auto progress = moment.progress(account, id);
        const auto& flags = row.item.flags;
        const bool open =
            std::find(flags.begin(), flags.end(), projections::Flag::revocation_requested) != flags.end();
        if (progress && open) take_request(row, *progress);
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const CohortRow& a, const CohortRow& b) {
        return a.due.value_or(events::kLatest) < b.due.value_or(events::kLatest);
    });
    return rows;
}

Result<std::vector<CohortRow>> cohort_rows(Context& context, const std::vector<events::CertificateId>& ids,
                                           domain::CommandType command) {
    std::vector<CohortRow> rows;
    {
        const auto moment = context.head();
        if (!moment) return tl::make_unexpected(moment.error());
        rows = cohort_rows(*moment, context.account(), ids);
    }
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    for (auto& row : rows) {
        const auto standing = (*ledger)->standing(context.account(), row.item.certificate);
        if (!standing) return tl::make_unexpected(standing.error());
        const auto& allowed = standing->allowed;
        row.permitted = std::find(allowed.begin(), allowed.end(), command) != allowed.end();
    }
    return rows;
}

Result<Instant> deadline_from_now(Context& context, events::RevocationReason reason) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const Instant now = (*ledger)->query_now();
    auto moment = context.head();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    const auto [policy, ref] = moment->policies(context.account()).get<events::RevocationPolicy>(now);
    const bool key = reason == events::RevocationReason::key_compromise;
    return now.plus_seconds(key ? policy.key_compromise_seconds : policy.other_seconds);
}

std::vector<std::pair<std::string, std::string>> refund_sums(const std::vector<CohortRow>& rows,
                                                             bool eligible) {
    std::map<std::string, TotalRow> sums;
    for (const auto& row : rows) {
        const auto state = row.refund.state;
        const bool counts = eligible ? state == RefundStanding::eligible && row.permitted
                                     : state == RefundStanding::granted || state == RefundStanding::paid;
        if (!counts || !row.refund.amount) continue;
        auto& sum = sums[std::string(row.refund.amount->currency.text())];
        sum.currency = row.refund.amount->currency.text();
        sum.add(row.refund.amount->minor / TotalRow::kBase, row.refund.amount->minor % TotalRow::kBase);
    }
    std::vector<std::pair<std::string, std::string>> texts;
    for (const auto& [currency, sum] : sums) texts.emplace_back(currency, projections::amount_text(sum));
    return texts;
}

void print_plan(Output& out, const std::vector<CohortRow>& rows, const std::optional<Instant>& deadline) {
    Table table({{"CERTIFICATE", false, true},
                 {"NAMES", false, false, 14},
                 {"STATUS", false, true},
                 {"NOT AFTER", false, true, 0, 2},
                 {"REFUND", false, true, 0, 1},
                 {"PERMITTED", false, true}});
    std::size_t permitted = 0;
    for (const auto& row : rows) {
        permitted += row.permitted ? 1U : 0U;
        table.add({{row.item.certificate.value},
                   {names_text(row)},
                   status_cell(row.item.status),
                   {row.item.not_after ? shown_date(*row.item.not_after) : std::string()},
                   {refund_brief(row.refund)},
                   row.permitted ? Cell{"yes"} : Cell{"no", Style::warn}});
    }
    table.print(out);
    out.line(std::to_string(rows.size()) + " certificates, " + std::to_string(permitted) +
             " of them permitted");
    if (deadline) out.line("requested now, the CA has until " + shown(*deadline));
    print_sums(out, "completed now, to be paid back: ", rows, true);
}

void print_report(Output& out, const std::vector<CohortRow>& rows, Instant now) {
    Table table({{"CERTIFICATE", false, true},
                 {"NAMES", false, false, 14},
                 {"RESULT", false, true},
                 {"DEADLINE", false, true, 0, 1},
                 {"COUNTDOWN", false, true},
                 {"REFUND", false, true, 0, 1}});
    for (const auto& row : rows) {
        table.add({{row.item.certificate.value},
                   {names_text(row)},
                   {result_of(row), row.refused_by.empty() ? Style::plain : Style::bad},
                   {row.due ? shown(*row.due) : std::string()},
                   countdown(row, now),
                   {refund_brief(row.refund)}});
    }
    if (!table.empty()) table.print(out);
    print_sums(out, "to be paid back: ", rows, false);
}

OrderedJson plan_json(const std::vector<CohortRow>& rows, const std::optional<Instant>& deadline) {
    auto items = OrderedJson::array();
    for (const auto& row : rows) {
        OrderedJson item;
        item["certificate"] = row.item.certificate.value;
        item["names"] = row.item.names;
        item["status"] = to_name(row.item.status);
        item["permitted"] = row.permitted;
        item["refund"] = to_name(row.refund.state);
        item["amount"] =
            row.refund.amount ? OrderedJson(events::to_string(*row.refund.amount)) : OrderedJson();
        items.push_back(std::move(item));
    }
    OrderedJson document;
    document["ok"] = true;
    document["dry_run"] = true;
    document["deadline"] = deadline ? OrderedJson(events::to_string(*deadline)) : OrderedJson();
    document["items"] = std::move(items);
    document["totals"] = sums_json(rows, true);
    return document;
}

OrderedJson report_json(const std::vector<CohortRow>& rows, Instant now) {
    auto items = OrderedJson::array();
    bool ok = true;
    for (const auto& row : rows) {
        ok = ok && row.refused_by.empty();
        OrderedJson item;
        item["certificate"] = row.item.certificate.value;
        item["ok"] = row.refused_by.empty();
        item["names"] = row.item.names;
        item["status"] = to_name(row.item.status);
        item["refused"] = row.refused_by.empty() ? OrderedJson() : OrderedJson(row.refused_by);
        item["reason"] = row.reason ? OrderedJson(to_name(*row.reason)) : OrderedJson();
        item["waits_for"] = row.due ? OrderedJson(row.missing) : OrderedJson();
        item["deadline"] = row.due ? OrderedJson(events::to_string(*row.due)) : OrderedJson();
        item["seconds_left"] = row.due ? OrderedJson(seconds_left(*row.due, now)) : OrderedJson();
        item["refund"] = to_name(row.refund.state);
        item["amount"] =
            row.refund.amount ? OrderedJson(events::to_string(*row.refund.amount)) : OrderedJson();
        items.push_back(std::move(item));
    }
    OrderedJson document;
    document["ok"] = ok;
    document["items"] = std::move(items);
    document["totals"] = sums_json(rows, false);
    return document;
}

}  // namespace certledger::cli
