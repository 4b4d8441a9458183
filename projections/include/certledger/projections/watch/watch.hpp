// Role: the watch list: events that should have happened by now and did not.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/product.hpp>
#include <vector>

namespace certledger::projections {

struct WatchItem {
    events::CertificateId certificate;
    events::EventType event = events::EventType::certificate_issued;  ///< The one that is missing.
    events::Instant by;
    std::int64_t overdue_seconds = 0;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("certificate", certificate) & make_nvp("event", event) & make_nvp("by", by) &
            make_nvp("overdue_seconds", overdue_seconds);
    }
    friend bool operator==(const WatchItem&, const WatchItem&) = default;
};

struct Watch {
    std::vector<WatchItem> items;  ///< The longest overdue first.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& events::make_nvp("items", items);
    }
};

}  // namespace certledger::projections
