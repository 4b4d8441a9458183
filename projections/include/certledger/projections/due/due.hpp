// Role: what the passing of time makes due: the work of `tick`, and the part of the watch list that a tick
// would end.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/product.hpp>
#include <vector>

namespace certledger::projections {

/// An event that time alone makes due: renewal-due (the window has opened, nothing renews it yet; not for
/// uploads), expiry-noticed (a day of the notices policy that is not before the issue) or certificate-expired
/// (not while a revocation is requested: that is answered first).
struct DueItem {
    events::CertificateId certificate;
    events::AccountId account;
    events::EventType event = events::EventType::certificate_expired;
    std::int64_t days = 0;  ///< Of a notice.
    /// When it was due: the instant of renewal-due and expiry-noticed; certificate-expired, whose `at` is
    /// not-after, happens behind it.
    events::Instant at;

    friend bool operator==(const DueItem&, const DueItem&) = default;
};

}  // namespace certledger::projections
