// Role: what a certificate's row means at an instant under the rules in force: shared by the views.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/projections/certificate_row.hpp>
#include <certledger/projections/list/list_item.hpp>

namespace certledger::projections {

inline constexpr std::int64_t kExpiringDays = 30;

/// How long a target may take to answer a deployment before it is watched. A rule of this view, no policy.
inline constexpr std::int64_t kDeploymentLimitSeconds = 3'600;
/// How long a granted refund may stay unpaid before it is watched. A rule of this view, no policy.
inline constexpr std::int64_t kPaymentLimitSeconds = 5 * events::kSecondsPerDay;

/// An instant moved without leaving the years that have a text form.
[[nodiscard]] Instant moved(Instant at, std::int64_t seconds);

[[nodiscard]] bool is_address(std::string_view ascii) noexcept;

[[nodiscard]] inline bool identity_checked(const CertificateRow& row) {
    return row.product && row.product->level != events::Level::dv;
}

/// By when the CA should have answered the application, by the rule in force at its submission; nothing when
/// no application waits.
[[nodiscard]] std::optional<Instant> review_limit(const CertificateRow& row,
                                                  const policies::PolicyBook& book);

/// The application waits longer than that.
[[nodiscard]] bool stalled(const CertificateRow& row, const policies::PolicyBook& book, Instant now);

/// Whether a proof of `proven` may be used for an issue at `now`.
[[nodiscard]] bool reusable(const policies::PolicyBook& book, Instant proven, Instant now);

/// Until when without a break a proof of `proven` may be used, by the rule in force at `now`. Which of the
/// rule's steps counts goes by the date of the issue, so that a stricter step ends it early.
[[nodiscard]] Instant reusable_until(const policies::PolicyBook& book, Instant proven, Instant now);

/// Whole days until not-after, 0 when past; nothing when never issued.
[[nodiscard]] std::optional<std::int64_t> days_left(const CertificateRow& row, Instant now);

[[nodiscard]] std::vector<Flag> flags_of(const CertificateRow& row, const policies::PolicyBook& book,
                                         Instant now);

/// First instant of the renewal window by the rule in force at `now`; the row must be issued.
[[nodiscard]] Instant renewal_from(const CertificateRow& row, const policies::PolicyBook& book, Instant now);

/// One notice before not-after.
struct Notice {
    std::int64_t days = 0;
    Instant due;
};
/// The notices that a certificate gets, made or not, in order: those of the rule in force at `now` that are
/// not due before it was issued. None when it is not issued.
[[nodiscard]] std::vector<Notice> notices_of(const CertificateRow& row, const policies::PolicyBook& book,
                                             Instant now);

[[nodiscard]] ListItem list_item(const CertificateRow& row, const policies::PolicyBook& book, Instant now);

}  // namespace certledger::projections
