// Role: the dated rules in force, and the arithmetic that follows from them. Decisions and views go by the
// same functions, so a view never promises what a decision would not give.
#pragma once

#include <certledger/events/policy.hpp>
#include <certledger/events/revocation_events.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace certledger::policies {

using events::Instant;
using events::PolicyKind;

/// Time zones, for refund windows that are counted in calendar days (port; the tz database stands behind it).
class Zones {
  public:
    Zones() = default;
    Zones(const Zones&) = delete;
    Zones& operator=(const Zones&) = delete;
    virtual ~Zones() = default;
    /// Whether the IANA name exists.
    [[nodiscard]] virtual bool exists(std::string_view zone) const = 0;
    /// The date that the zone's clocks show at the instant. The zone must exist.
    [[nodiscard]] virtual events::Date local_date(std::string_view zone, Instant instant) const = 0;
    /// The latest instant at which the zone's clocks show 23:59:59 of the date. The zone must exist.
    [[nodiscard]] virtual Instant end_of_day(std::string_view zone, events::Date date) const = 0;
};

/// Zones with UTC alone.
class UtcZones final : public Zones {
  public:
    [[nodiscard]] bool exists(std::string_view zone) const override { return zone == "UTC"; }
    [[nodiscard]] events::Date local_date(std::string_view zone, Instant instant) const override;
    [[nodiscard]] Instant end_of_day(std::string_view zone, events::Date date) const override;
};

/// A rule as it stands in the log.
struct AdoptedPolicy {
    events::Policy policy;
    events::PolicyRef ref;
};

/// The policies of one stream, folded. Regular value.
class PolicyStream {
  public:
    /// Takes the next policy-adopted event of the stream. `occurred_at` matters to who appends to the stream.
    void adopt(const events::Policy& policy, const std::string& stream, std::uint64_t version,
               std::optional<Instant> occurred_at = std::nullopt);
    /// The rule of this kind with the latest effective date not after `at`; of several with one date the last
    /// adopted.
    [[nodiscard]] const AdoptedPolicy* in_force(PolicyKind kind, Instant at) const;
    /// The latest effective date of a kind.
    [[nodiscard]] std::optional<Instant> latest(PolicyKind kind) const;
    [[nodiscard]] const std::vector<AdoptedPolicy>& all() const noexcept { return all_; }
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
    /// `occurred_at` of the first event, where it was told.
    [[nodiscard]] std::optional<Instant> first_at() const noexcept { return first_at_; }

  private:
    std::vector<AdoptedPolicy> all_;
    std::uint64_t version_ = 0;
    std::optional<Instant> first_at_;
};

/// The rules for one account: its own before the ledger's. Points at both; neither may end before it.
class PolicyBook {
  public:
    PolicyBook(const PolicyStream& ledger, const PolicyStream* account)
        : ledger_(&ledger), account_(account) {}

    /// A rule in force and where it stands. The defaults of every ledger reach back to 1970, so there is
    /// always one from then on; before, the earliest holds.
    template <class Terms>
    [[nodiscard]] std::pair<const Terms&, const events::PolicyRef&> get(Instant at) const {
        const AdoptedPolicy& found = find(Terms::kTag, at);
        return {std::get<Terms>(found.policy.terms), found.ref};
    }
    [[nodiscard]] const AdoptedPolicy& find(PolicyKind kind, Instant at) const;

  private:
    const PolicyStream* ledger_;
    const PolicyStream* account_;
};

/// The policies that every new ledger adopts, in the order in which it does (domain.md section 5).
[[nodiscard]] const std::vector<events::Policy>& default_policies();

/// Days in force at `at`: of the last step that has begun; of the first when none has. Steps must not be
/// empty.
[[nodiscard]] std::int64_t days_at(const std::vector<events::DatedDays>& steps, Instant at);

/// Why a policy is not well-formed, naming the member; nothing when it is.
[[nodiscard]] std::optional<std::string> policy_fault(const events::Policy& policy, const Zones& zones);

/// Length of a validity in begun days: both ends count, a day is 86,400 s, any part of one is a day (BR
/// section 1.6.1 "Validity Period" and 6.3.2).
[[nodiscard]] std::int64_t validity_days(Instant not_before, Instant not_after);

/// End of the paid term that begins with a purchase at `at`; the end itself belongs to it.
[[nodiscard]] Instant term_end(const PolicyBook& book, Instant at, std::int64_t years);

/// First instant of the renewal window; the window ends with not-after itself.
[[nodiscard]] Instant renewal_window_start(const events::RenewalPolicy& policy, Instant not_after);

/// What a refund decision is about.
struct RefundCase {
    events::Money payment;
    Instant paid_at;
    std::optional<Instant> issued_at;  ///< Absent: never issued.
    Instant decided_at;                ///< Revocation completed, or refund requested.
    bool by_ca = false;
};

/// A refund decision with its proof.
struct RefundVerdict {
    bool granted = false;
    events::RefundReason reason = events::RefundReason::window_closed;
    events::PolicyRef policy;
    events::RefundInputs inputs;
};

/// Last instant of the window that starts at `start`.
[[nodiscard]] Instant refund_window_end(const events::RefundPolicy& policy, Instant start,
                                        const Zones& zones);

/// The decision under a given rule.
[[nodiscard]] RefundVerdict judge_refund(const events::RefundPolicy& policy, const events::PolicyRef& ref,
                                         const RefundCase& facts, const Zones& zones);

/// The same decision made again from what stands in the event.
[[nodiscard]] RefundVerdict judge_again(const events::RefundInputs& inputs, const events::PolicyRef& ref,
                                        const Zones& zones);

/// What units [first, last] (from 1) of a quota cost together: the sum of events::share over them.
[[nodiscard]] events::Money share_of_range(const events::Money& price, std::int64_t count, std::int64_t first,
                                           std::int64_t last);

}  // namespace certledger::policies
