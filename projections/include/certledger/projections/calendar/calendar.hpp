// Role: the expiry calendar: what ends when, with the notices and renewal window before it.
#pragma once

#include <certledger/events/product.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

/// An issued certificate with the dates that lie before its end.
struct CalendarItem {
    events::CertificateId certificate;
    std::vector<std::string> names;
    events::Status status = events::Status::issued;
    events::Instant not_after;
    std::int64_t days_left = 0;
    std::optional<events::Instant> renewal_from;  ///< Null for uploads: they are not renewed here.
    std::optional<events::CertificateId> successor;
    std::optional<events::Instant> next_notice_at;  ///< The next notice still to come.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("certificate", certificate) & make_nvp("names", names) & make_nvp("status", status) &
            make_nvp("not_after", not_after) & make_nvp("days_left", days_left) &
            make_nvp("renewal_from", renewal_from) & make_nvp("successor", successor) &
            make_nvp("next_notice_at", next_notice_at);
    }
};

struct CalendarQuery {
    std::optional<events::Instant> from;  ///< not-after, both ends included.
    std::optional<events::Instant> until;
};

struct Calendar {
    std::vector<CalendarItem> items;  ///< By not-after.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& events::make_nvp("items", items);
    }
};

}  // namespace certledger::projections
