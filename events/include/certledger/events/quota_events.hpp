// Role: events of quotas: paid rights to create certificates.
//
// Fixed-width fields come first and text after, so that a fold can read where the data lies.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/policy.hpp>
#include <certledger/events/product.hpp>

namespace certledger::events {

/// A number of certificates of one product was paid for.
struct QuotaPurchased {
    static constexpr EventType kType = EventType::quota_purchased;
    static constexpr unsigned kSchema = 1;
    std::int64_t count = 1;  ///< At least 1.
    Money price;             ///< For all units together.
    Product product;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("count", count) & make_nvp("price", price) & make_nvp("product", product);
    }
    friend bool operator==(const QuotaPurchased&, const QuotaPurchased&) = default;
};

/// One unit became a certificate.
struct QuotaConsumed {
    static constexpr EventType kType = EventType::quota_consumed;
    static constexpr unsigned kSchema = 1;
    std::int64_t unit = 1;  ///< From 1; the lowest free one.
    Money share;            ///< The unit's share of the price.
    CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("unit", unit) & make_nvp("share", share) & make_nvp("certificate", certificate);
    }
    friend bool operator==(const QuotaConsumed&, const QuotaConsumed&) = default;
};

/// A unit came back: its certificate was deleted, never issued and not refunded.
struct QuotaReturned {
    static constexpr EventType kType = EventType::quota_returned;
    static constexpr unsigned kSchema = 1;
    std::int64_t unit = 1;
    CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("unit", unit) & make_nvp("certificate", certificate);
    }
    friend bool operator==(const QuotaReturned&, const QuotaReturned&) = default;
};

/// A run of units of a quota, both ends included.
struct UnitRange {
    std::int64_t first = 1;
    std::int64_t last = 1;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("first", first) & make_nvp("last", last);
    }
    friend bool operator==(const UnitRange&, const UnitRange&) = default;
};

/// Unused units were given back against their shares of the price.
struct QuotaRefunded {
    static constexpr EventType kType = EventType::quota_refunded;
    static constexpr unsigned kSchema = 1;
    std::int64_t count = 1;
    Money amount;
    PolicyRef policy;
    std::vector<UnitRange> units;  ///< The highest free ones, in ascending order.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("count", count) & make_nvp("amount", amount) & make_nvp("policy", policy) &
            make_nvp("units", units);
    }
    friend bool operator==(const QuotaRefunded&, const QuotaRefunded&) = default;
};

}  // namespace certledger::events
