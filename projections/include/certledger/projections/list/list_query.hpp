// Role: what the certificate list is asked for: filters, order, page.
#pragma once

#include <certledger/projections/certificate_row.hpp>
#include <certledger/projections/list/list_item.hpp>

namespace certledger::projections {

/// What the list is sorted by; ascending. Certificates that are equal stand in the order of their creation in
/// the log.
enum class ListSort : std::uint8_t {
    created = 1,
    not_after = 2,  ///< Those never issued come last.
    name = 3,       ///< By the first name.
    status = 4,     ///< In the order of the status table, then by creation.
};

}  // namespace certledger::projections

namespace certledger::events {

template <>
struct EnumTraits<projections::ListSort> {
    using ListSort = projections::ListSort;
    static constexpr std::string_view kind = "sort";
    static constexpr std::array entries{
        EnumEntry<ListSort>{ListSort::created, "created"},
        EnumEntry<ListSort>{ListSort::not_after, "not-after"},
        EnumEntry<ListSort>{ListSort::name, "name"},
        EnumEntry<ListSort>{ListSort::status, "status"},
    };
};

}  // namespace certledger::events

namespace certledger::projections {

/// All filters must hold. Names are compared as A-labels in lower case: the front converts.
struct ListQuery {
    std::optional<events::Status> status;
    std::optional<std::string> brand;
    std::optional<events::Level> level;
    std::optional<events::Kind> kind;
    std::optional<std::string> domain;  ///< A name, or `*.x` for every name that ends in `.x`.
    std::optional<std::string> covers;  ///< A host that one of the names covers, literally or by a wildcard.
    std::optional<std::string> target;  ///< A target that serves it.
    std::optional<std::string> serial;
    std::optional<events::Digest> fingerprint;
    std::optional<Flag> flag;
    std::optional<std::int64_t> expiring_within_seconds;  ///< now <= not-after <= now + this.
    std::optional<events::Instant> not_after_since;       ///< Both ends belong to the range.
    std::optional<events::Instant> not_after_until;
    std::optional<events::Instant> created_since;  ///< Both ends belong to the range.
    std::optional<events::Instant> created_until;
    ListSort sort = ListSort::created;
    bool descending = false;
    std::optional<std::size_t> limit;   ///< At least 1; everything when absent.
    std::optional<std::string> cursor;  ///< From `next` of a page with the same sort.

    friend bool operator==(const ListQuery&, const ListQuery&) = default;
};

}  // namespace certledger::projections
