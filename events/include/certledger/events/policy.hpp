// Role: the dated rules of domain.md section 5 as they stand in policy-adopted events. What they mean for a
// decision is computed in domain/policies; here are only their fields.
#pragma once

#include <certledger/events/product.hpp>
#include <certledger/events/tagged.hpp>
#include <string>
#include <variant>
#include <vector>

namespace certledger::events {

/// Codes of the kinds of policy, in the order in which a new ledger adopts its defaults.
enum class PolicyKind : std::uint8_t {
    refund = 1,
    validity = 2,
    reuse = 3,
    renewal = 4,
    term = 5,
    review = 6,
    revocation = 7,
    notices = 8,
};

template <>
struct EnumTraits<PolicyKind> {
    static constexpr std::string_view kind = "policy kind";
    static constexpr std::array entries{
        EnumEntry<PolicyKind>{PolicyKind::refund, "refund"},
        EnumEntry<PolicyKind>{PolicyKind::validity, "validity"},
        EnumEntry<PolicyKind>{PolicyKind::reuse, "reuse"},
        EnumEntry<PolicyKind>{PolicyKind::renewal, "renewal"},
        EnumEntry<PolicyKind>{PolicyKind::term, "term"},
        EnumEntry<PolicyKind>{PolicyKind::review, "review"},
        EnumEntry<PolicyKind>{PolicyKind::revocation, "revocation"},
        EnumEntry<PolicyKind>{PolicyKind::notices, "notices"},
    };
};

/// Who gets back what when a certificate is revoked or given up.
struct RefundPolicy {
    static constexpr PolicyKind kTag = PolicyKind::refund;
    std::int64_t days = 30;  ///< Length of the window, from 0.
    RefundClock clock = RefundClock::issue;
    DayRule day = DayRule::elapsed;
    UnissuedRule unissued = UnissuedRule::full;
    CaInitiatedRule ca_initiated = CaInitiatedRule::full;
    std::optional<std::string> zone;  ///< IANA time zone of calendar days; UTC when absent.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("days", days) & make_nvp("clock", clock) & make_nvp("day", day) &
            make_nvp("unissued", unissued) & make_nvp("ca_initiated", ca_initiated) & make_nvp("zone", zone);
    }
    friend bool operator==(const RefundPolicy&, const RefundPolicy&) = default;
};

/// A number of days in force from an instant on.
struct DatedDays {
    Instant from;
    std::int64_t days = 0;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("from", from) & make_nvp("days", days);
    }
    friend bool operator==(const DatedDays&, const DatedDays&) = default;
};

/// Longest validity by date of issue (CA/Browser Forum BR section 6.3.2).
struct ValidityPolicy {
    static constexpr PolicyKind kTag = PolicyKind::validity;
    std::vector<DatedDays> steps;  ///< In order of `from`.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("steps", steps);
    }
    friend bool operator==(const ValidityPolicy&, const ValidityPolicy&) = default;
};

/// How long a validation may be used again, by date of issue (BR section 4.2.1).
struct ReusePolicy {
    static constexpr PolicyKind kTag = PolicyKind::reuse;
    std::vector<DatedDays> steps;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("steps", steps);
    }
    friend bool operator==(const ReusePolicy&, const ReusePolicy&) = default;
};

/// How long before not-after a renewal may start.
struct RenewalPolicy {
    static constexpr PolicyKind kTag = PolicyKind::renewal;
    std::int64_t window_days = 30;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("window_days", window_days);
    }
    friend bool operator==(const RenewalPolicy&, const RenewalPolicy&) = default;
};

/// How long a paid year is.
struct TermPolicy {
    static constexpr PolicyKind kTag = PolicyKind::term;
    std::int64_t days_per_year = 365;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("days_per_year", days_per_year);
    }
    friend bool operator==(const TermPolicy&, const TermPolicy&) = default;
};

/// How long an application may wait before it counts as stalled.
struct ReviewPolicy {
    static constexpr PolicyKind kTag = PolicyKind::review;
    std::int64_t dv_seconds = 7'200;
    std::int64_t ov_seconds = 432'000;
    std::int64_t ev_seconds = 432'000;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("dv_seconds", dv_seconds) & make_nvp("ov_seconds", ov_seconds) &
            make_nvp("ev_seconds", ev_seconds);
    }
    friend bool operator==(const ReviewPolicy&, const ReviewPolicy&) = default;
};

/// How soon a requested revocation must be answered (BR section 4.9.1.1).
struct RevocationPolicy {
    static constexpr PolicyKind kTag = PolicyKind::revocation;
    std::int64_t key_compromise_seconds = 86'400;
    std::int64_t other_seconds = 432'000;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("key_compromise_seconds", key_compromise_seconds) &
            make_nvp("other_seconds", other_seconds);
    }
    friend bool operator==(const RevocationPolicy&, const RevocationPolicy&) = default;
};

/// How many days before not-after a notice is made.
struct NoticesPolicy {
    static constexpr PolicyKind kTag = PolicyKind::notices;
    std::vector<std::int64_t> days;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("days", days);
    }
    friend bool operator==(const NoticesPolicy&, const NoticesPolicy&) = default;
};

using PolicyTerms = std::variant<RefundPolicy, ValidityPolicy, ReusePolicy, RenewalPolicy, TermPolicy,
                                 ReviewPolicy, RevocationPolicy, NoticesPolicy>;

/// One rule with the date from which it holds.
struct Policy {
    Instant effective_from;
    PolicyTerms terms;

    [[nodiscard]] PolicyKind kind() const { return tag_of(terms); }

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("effective_from", effective_from) & tagged("kind", terms);
    }
    friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace certledger::events
