#include "compare.hpp"

#include <certledger/projections/memory_rows.hpp>

namespace certledger::projections {

namespace {

void differ(Verification& found, std::string what) {
    ++found.differing;
    if (found.differences.size() < Verification::kMostDifferences)
        found.differences.push_back(std::move(what));
}

/// Rows that are looked up on both sides: those kept and not folded, folded and not kept, or unlike.
void compare_certificates(const RowReader& kept, const RowReader& fresh, Verification& found) {
    kept.each_certificate([&](const CertificateRow& row) {
        ++found.rows;
        const auto other = fresh.certificate(row.row);
        if (!other || *other != row)
            differ(found, "certificate " + row.certificate.value +
                              (other ? ": another row than its fold" : ": a row that no event made"));
        if (kept.find_certificate(row.certificate.value) != row.row)
            differ(found, "certificate " + row.certificate.value + ": not found by its id");
        return true;
    });
    fresh.each_certificate([&](const CertificateRow& row) {
        if (!kept.certificate(row.row)) differ(found, "certificate " + row.certificate.value + ": no row");
        return true;
    });
}

void compare_quotas(const RowReader& kept, const RowReader& fresh, Verification& found) {
    kept.each_quota([&](const QuotaRow& row) {
        ++found.rows;
        if (fresh.quota(row.quota.value) != row)
            differ(found, "quota " + row.quota.value + ": another row than its fold");
        return true;
    });
    fresh.each_quota([&](const QuotaRow& row) {
        if (!kept.quota(row.quota.value)) differ(found, "quota " + row.quota.value + ": no row");
        return true;
    });
}

/// Rows of one kind, each looked up on the other side.
template <class Row, class LookUp>
void compare_each(const char* what, const RowReader& kept, const RowReader& fresh,
                  void (RowReader::*each)(const std::function<bool(const Row&)>&) const,
                  const LookUp& look_up, Verification& found) {
    bool same = true;
    (kept.*each)([&](const Row& row) {
        ++found.rows;
        same = same && look_up(fresh, row) == row;
        return true;
    });
    (fresh.*each)([&](const Row& row) { return same = same && look_up(kept, row).has_value(); });
    if (!same) differ(found, std::string(what) + ": other rows than their fold");
}

/// Count and order-dependent checksum of an index's entries.
struct Sum {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    friend bool operator==(const Sum&, const Sum&) = default;
};

Sum sum_of(const RowReader& rows, Index index) {
    constexpr std::uint64_t kPrime = 1'099'511'628'211U;  // FNV-1a
    Sum sum;
    rows.scan(index, "", "\xFF", false, [&](std::string_view key, RowId row) {
        ++sum.count;
        for (const char octet : key) sum.sum = (sum.sum ^ static_cast<unsigned char>(octet)) * kPrime;
        sum.sum = (sum.sum ^ row) * kPrime;
        return true;
    });
    return sum;
}

}  // namespace

void compare_rows(const RowReader& kept, const RowReader& fresh, Verification& found) {
    compare_certificates(kept, fresh, found);
    compare_quotas(kept, fresh, found);
    compare_each<TargetRow>(
        "targets", kept, fresh, &RowReader::each_target,
        [](const RowReader& rows, const TargetRow& row) {
            return rows.target(row.account.value, row.target);
        },
        found);
    compare_each<PolicyRow>(
        "policies", kept, fresh, &RowReader::each_policy,
        [](const RowReader& rows, const PolicyRow& row) { return rows.policies(row.stream); }, found);
    compare_each<TotalRow>(
        "totals of refunds", kept, fresh, &RowReader::each_total,
        [](const RowReader& rows, const TotalRow& row) { return rows.total(total_key(row)); }, found);
    compare_each<CountRow>(
        "counts", kept, fresh, &RowReader::each_count,
        [](const RowReader& rows, const CountRow& row) { return rows.count(count_key(row)); }, found);
    for (const auto index : kIndexes) {
        const auto a = sum_of(kept, index);
        const auto b = sum_of(fresh, index);
        if (a != b)
            differ(found, "index " + std::to_string(static_cast<int>(index)) + ": " +
                              std::to_string(a.count) + " entries that are not the " +
                              std::to_string(b.count) + " of its rows");
    }
}

}  // namespace certledger::projections
