// Role: the quota ledger: bought - consumed + returned - refunded = free.
#pragma once

#include <certledger/events/product.hpp>
#include <vector>

namespace certledger::projections {

struct QuotaItem {
    events::QuotaId quota;
    events::AccountId account;
    events::Product product;
    std::int64_t count = 0;
    events::Money price;
    std::int64_t bought = 0;
    std::int64_t consumed = 0;
    std::int64_t returned = 0;
    std::int64_t refunded = 0;
    std::int64_t free = 0;
    events::Instant purchased_at;  ///< For tables; not in JSON.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("quota", quota) & make_nvp("account", account) & make_nvp("product", product) &
            make_nvp("count", count) & make_nvp("price", price) & make_nvp("bought", bought) &
            make_nvp("consumed", consumed) & make_nvp("returned", returned) & make_nvp("refunded", refunded) &
            make_nvp("free", free);
    }
};

struct Quotas {
    std::vector<QuotaItem> items;  ///< In the order of purchase in the log.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& events::make_nvp("items", items);
    }
};

}  // namespace certledger::projections
