// Role: the rows beside those of certificates: quotas, targets, policies, totals of refunds.
#pragma once

#include <certledger/events/policy.hpp>
#include <certledger/projections/certificate_row.hpp>

namespace certledger::projections {

/// A quota as the ledger of quotas counts it.
struct QuotaRow {
    RowId row = 0;
    std::uint64_t version = 0;
    bool broken = false;  ///< An event followed that the counts do not allow; it changed nothing.
    std::int64_t count = 0;
    std::int64_t consumed = 0;
    std::int64_t returned = 0;
    std::int64_t refunded = 0;
    events::Money price;
    Instant purchased_at;
    events::QuotaId quota;
    events::AccountId account;
    events::Product product;

    [[nodiscard]] std::int64_t free_units() const noexcept { return count - consumed + returned - refunded; }

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("row", row) & make_nvp("version", version) & make_nvp("broken", broken) &
            make_nvp("count", count) & make_nvp("consumed", consumed) & make_nvp("returned", returned) &
            make_nvp("refunded", refunded) & make_nvp("price", price) &
            make_nvp("purchased_at", purchased_at) & make_nvp("quota", quota) & make_nvp("account", account) &
            make_nvp("product", product);
    }
    friend bool operator==(const QuotaRow&, const QuotaRow&) = default;
};

/// Which certificate a target of an account serves; there is no row for a target that serves none.
struct TargetRow {
    RowId holder = 0;
    events::AccountId account;
    std::string target;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("holder", holder) & make_nvp("account", account) & make_nvp("target", target);
    }
    friend bool operator==(const TargetRow&, const TargetRow&) = default;
};

/// One version of a policy stream.
struct PolicyVersionRow {
    std::uint64_t version = 0;
    events::Policy policy;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("version", version) & make_nvp("policy", policy);
    }
    friend bool operator==(const PolicyVersionRow&, const PolicyVersionRow&) = default;
};

/// The policies of one stream, in the order of adoption.
struct PolicyRow {
    std::string stream;
    std::vector<PolicyVersionRow> versions;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("stream", stream) & make_nvp("versions", versions);
    }
    friend bool operator==(const PolicyRow&, const PolicyRow&) = default;
};

/// How many certificates of one account, status and month of creation (UTC) there are, deleted ones aside.
struct CountRow {
    std::int32_t year = 1970;
    std::int32_t month = 1;
    Status status = Status::paid;
    std::int64_t certificates = 0;
    events::AccountId account;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("year", year) & make_nvp("month", month) & make_nvp("status", status) &
            make_nvp("certificates", certificates) & make_nvp("account", account);
    }
    friend bool operator==(const CountRow&, const CountRow&) = default;
};

/// What was granted or paid back in one account, month and currency. A sum of amounts can be larger than one
/// amount may be: value = high * 10^18 + low.
struct TotalRow {
    static constexpr std::int64_t kBase = 1'000'000'000'000'000'000;
    std::int32_t year = 1970;
    std::int32_t month = 1;
    std::int64_t high = 0;
    std::int64_t low = 0;
    std::int64_t decisions = 0;
    events::AccountId account;
    std::string currency;

    void add(std::int64_t more_high, std::int64_t more_low) noexcept {
        high += more_high + more_low / kBase;
        low += more_low % kBase;
        if (low >= kBase) {
            low -= kBase;
            ++high;
        } else if (low < 0) {
            low += kBase;
            --high;
        }
    }

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("year", year) & make_nvp("month", month) & make_nvp("high", high) &
            make_nvp("low", low) & make_nvp("decisions", decisions) & make_nvp("account", account) &
            make_nvp("currency", currency);
    }
    friend bool operator==(const TotalRow&, const TotalRow&) = default;
};

}  // namespace certledger::projections
