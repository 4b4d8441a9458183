#include "filter.hpp"

#include <algorithm>

#include "standing.hpp"

namespace certledger::projections {

std::optional<Ending> ending_of(const ListQuery& query, Instant now) {
    if (!query.expiring_within_seconds && !query.not_after_since && !query.not_after_until)
        return std::nullopt;
    Ending ending{query.not_after_since.value_or(events::kEarliest),
                  query.not_after_until.value_or(events::kLatest)};
    if (query.expiring_within_seconds) {
        ending.from = std::max(ending.from, now);
        ending.until = std::min(ending.until, moved(now, *query.expiring_within_seconds));
    }
    return ending;
}

bool name_matches(std::string_view name, std::string_view domain) {
    if (!domain.starts_with("*.")) return name == domain;
    return name.ends_with(domain.substr(1));
}

bool name_covers(std::string_view name, std::string_view host) {
    if (name == host) return true;
    const auto dot = host.find('.');
    return dot != std::string_view::npos && dot > 0 && name.starts_with("*.") &&
           name.substr(1) == host.substr(dot) && !host.starts_with("*.");
}

namespace {

template <class Wanted, class Value>
bool is(const std::optional<Wanted>& wanted, const Value& value) {
    return !wanted || *wanted == value;
}

template <class Test>
bool any_name(const CertificateRow& row, const Test& test) {
    return std::any_of(row.names.begin(), row.names.end(),
                       [&](const auto& name) { return test(std::string_view(name.ascii)); });
}

bool product_matches(const CertificateRow& row, const ListQuery& query) {
    if (!query.brand && !query.level && !query.kind) return true;
    return row.product && is(query.brand, row.product->brand) && is(query.level, row.product->level) &&
           is(query.kind, row.product->kind);
}

bool certificate_matches(const CertificateRow& row, const ListQuery& query, Instant now) {
    const auto ending = ending_of(query, now);
    if (!query.serial && !query.fingerprint && !ending) return true;
    if (!row.issued) return false;
    if (!is(query.serial, row.issued->serial) || !is(query.fingerprint, row.issued->sha256)) return false;
    const Instant end = row.issued->not_after;
    return !ending || (ending->from <= end && end <= ending->until);
}

bool target_matches(const CertificateRow& row, const std::string& target) {
    return std::any_of(row.deployments.begin(), row.deployments.end(),
                       [&](const auto& d) { return d.held && d.target == target; });
}

}  // namespace

bool narrowed(const ListQuery& query) {
    ListQuery range;
    range.created_since = query.created_since;
    range.created_until = query.created_until;
    range.sort = query.sort;
    range.descending = query.descending;
    range.limit = query.limit;
    range.cursor = query.cursor;
    return query != range;
}

bool matches(const CertificateRow& row, const ListQuery& query, const policies::PolicyBook& book,
             Instant now) {
    if (row.deleted() || !is(query.status, row.status)) return false;
    if (!product_matches(row, query) || !certificate_matches(row, query, now)) return false;
    if (query.created_since && row.created_at < *query.created_since) return false;
    if (query.created_until && row.created_at > *query.created_until) return false;
    if (query.domain && !any_name(row, [&](auto name) { return name_matches(name, *query.domain); }))
        return false;
    if (query.covers && !any_name(row, [&](auto name) { return name_covers(name, *query.covers); }))
        return false;
    if (query.target && !target_matches(row, *query.target)) return false;
    if (!query.flag) return true;
    const auto flags = flags_of(row, book, now);
    return std::find(flags.begin(), flags.end(), *query.flag) != flags.end();
}

}  // namespace certledger::projections
