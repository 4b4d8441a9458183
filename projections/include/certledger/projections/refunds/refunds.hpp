// Role: what comes back of a payment, per certificate and in total.
#pragma once

#include <certledger/events/product.hpp>
#include <certledger/events/revocation_events.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

enum class RefundStanding : std::uint8_t {
    none = 1,      ///< Nothing was paid, or nothing can come back.
    eligible = 2,  ///< A refund would be granted now.
    closed = 3,    ///< The window has ended, or the certificate has.
    granted = 4,   ///< Decided, not yet paid.
    declined = 5,
    paid = 6,
};

}  // namespace certledger::projections

namespace certledger::events {

template <>
struct EnumTraits<projections::RefundStanding> {
    using RefundStanding = projections::RefundStanding;
    static constexpr std::string_view kind = "refund state";
    static constexpr std::array entries{
        EnumEntry<RefundStanding>{RefundStanding::none, "none"},
        EnumEntry<RefundStanding>{RefundStanding::eligible, "eligible"},
        EnumEntry<RefundStanding>{RefundStanding::closed, "closed"},
        EnumEntry<RefundStanding>{RefundStanding::granted, "granted"},
        EnumEntry<RefundStanding>{RefundStanding::declined, "declined"},
        EnumEntry<RefundStanding>{RefundStanding::paid, "paid"},
    };
};

}  // namespace certledger::events

namespace certledger::projections {

/// The refund of one certificate. `reason` and `inputs` belong to a decision and are null before it.
struct Refund {
    events::CertificateId certificate;
    RefundStanding state = RefundStanding::none;
    std::optional<events::Money> amount;  ///< What came, comes or would come back.
    std::optional<events::Instant> eligible_until;
    std::optional<events::Instant> decided_at;
    std::optional<events::RefundReason> reason;
    std::optional<events::PolicyRef> policy;  ///< Of the decision; before it, the one in force now.
    std::optional<events::RefundInputs> inputs;
    std::optional<events::Instant> paid_at;  ///< For tables; not in JSON.
    std::optional<std::string> reference;    ///< For tables; not in JSON.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("certificate", certificate) & make_nvp("state", state) & make_nvp("amount", amount) &
            make_nvp("eligible_until", eligible_until) & make_nvp("decided_at", decided_at) &
            make_nvp("reason", reason) & make_nvp("policy", policy) & make_nvp("inputs", inputs);
    }
};

/// A sum of granted and paid refunds of one currency, of certificates and of quotas.
struct RefundTotal {
    std::optional<std::string> month;    ///< `2026-01`, of the decision; absent in JSON unless asked for.
    std::optional<std::string> account;  ///< Absent in JSON unless asked for.
    std::string currency;
    std::string amount;  ///< As Money is written; a sum may be larger than one amount can be.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        if (month) ar& make_nvp("month", *month);
        if (account) ar& make_nvp("account", *account);
        ar& make_nvp("currency", currency) & make_nvp("amount", amount);
    }
    friend bool operator==(const RefundTotal&, const RefundTotal&) = default;
};

/// How totals are split besides by currency.
struct TotalsBy {
    bool month = false;
    bool account = false;
};

struct RefundsQuery {
    std::optional<RefundStanding> state;
    std::optional<std::size_t> limit;  ///< At least 1; everything when absent.
    std::optional<std::string> cursor;
    TotalsBy by;
};

/// Every certificate of an account whose refund state is not `none`, deleted ones only where decided.
struct Refunds {
    std::vector<Refund> items;
    std::vector<RefundTotal> totals;
    std::optional<std::string> next;  ///< Absent in JSON on the last page.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("items", items) & make_nvp("totals", totals);
        if (next) ar& make_nvp("next", *next);
    }
};

}  // namespace certledger::projections
