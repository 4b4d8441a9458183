// Role: how many certificates there are, by status and by month of creation; kept, not counted when asked.
#pragma once

#include <certledger/events/product.hpp>
#include <optional>
#include <string>
#include <vector>

namespace certledger::projections {

struct CountItem {
    std::optional<std::string> month;  ///< `2026-01`, of the creation; absent in JSON unless asked for.
    events::Status status = events::Status::paid;
    std::int64_t certificates = 0;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        if (month) ar& make_nvp("month", *month);
        ar& make_nvp("status", status) & make_nvp("certificates", certificates);
    }
    friend bool operator==(const CountItem&, const CountItem&) = default;
};

/// Deleted certificates are in no count; neither is a status that no certificate has.
struct Counts {
    std::vector<CountItem> items;  ///< By month, then in the order of the status table.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& events::make_nvp("items", items);
    }
};

}  // namespace certledger::projections
