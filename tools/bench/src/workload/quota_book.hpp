// Role: the quotas that orders draw from, with their free units.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "workload/sink.hpp"

namespace certledger::bench {

struct QuotaUnit {
    events::QuotaId quota;
    events::AccountId account;
    events::Product product;
    events::Money share;
    events::Instant purchased_at;
    std::int64_t unit = 0;
};

/// Keeps a fixed number of quotas in use: one that is used up or given back makes room for a new one. Not
/// thread-safe.
class QuotaBook {
  public:
    QuotaBook(Random& random, Sink& sink) : random_(random), sink_(sink) {}

    /// Sees to it that the quota drawn from next has a free unit: writes purchases and refunds.
    void prepare(const std::vector<events::AccountId>& accounts, events::Instant now,
                 const events::PolicyRef& refunds);
    /// Takes the lowest free unit of the prepared quota.
    [[nodiscard]] QuotaUnit take();
    /// The unit is free again, where the quota is still in use.
    void give_back(const events::QuotaId& quota, std::int64_t unit);

  private:
    struct Quota {
        events::QuotaId id;
        events::AccountId account;
        events::Product product;
        events::Money price;
        events::Instant purchased_at;
        std::int64_t count = 0;
        std::int64_t next_unit = 1;  ///< It and all behind it were never taken.
        std::set<std::int64_t> returned;

        [[nodiscard]] bool exhausted() const { return returned.empty() && next_unit > count; }
    };

    void buy(Quota& quota, const std::vector<events::AccountId>& accounts, events::Instant now);
    void refund(const Quota& quota, events::Instant now, const events::PolicyRef& policy);

    static constexpr std::size_t kInUse = 48;

    Random& random_;
    Sink& sink_;
    std::vector<Quota> quotas_;
    std::size_t prepared_ = 0;
};

}  // namespace certledger::bench
