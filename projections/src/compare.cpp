#include "compare.hpp"

#include <certledger/events/canonical.hpp>

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

/// Few rows: compared as a whole.
template <class Row>
void compare_whole(const char* what, const RowReader& kept, const RowReader& fresh,
                   void (RowReader::*each)(const std::function<bool(const Row&)>&) const,
                   Verification& found) {
    events::Bytes octets[2];
    const RowReader* sides[2] = {&kept, &fresh};
    for (int side = 0; side < 2; ++side) {
        events::CanonicalWriter writer(octets[side]);
        (sides[side]->*each)([&](const Row& row) {
            writer.write(row);
            found.rows += side == 0 ? 1U : 0U;
            return true;
        });
    }
    if (octets[0] != octets[1]) differ(found, std::string(what) + ": other rows than their fold");
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
    compare_whole<TargetRow>("targets", kept, fresh, &RowReader::each_target, found);
    compare_whole<PolicyRow>("policies", kept, fresh, &RowReader::each_policy, found);
    compare_whole<TotalRow>("totals of refunds", kept, fresh, &RowReader::each_total, found);
    compare_whole<CountRow>("counts", kept, fresh, &RowReader::each_count, found);
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
