// Role: whether one certificate is what a list query asks for.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/projections/certificate_row.hpp>
#include <certledger/projections/list/list_query.hpp>

namespace certledger::projections {

[[nodiscard]] bool matches(const CertificateRow& row, const ListQuery& query,
                           const policies::PolicyBook& book, Instant now);

/// Whether the query asks for more than a range of creation among the certificates that are listed.
[[nodiscard]] bool narrowed(const ListQuery& query);

/// The range of not-after that a query narrows to, both ends included; nothing when it does not.
struct Ending {
    Instant from;
    Instant until;
};
[[nodiscard]] std::optional<Ending> ending_of(const ListQuery& query, Instant now);

/// Whether a name is the one asked for, or, for `*.x`, ends in `.x`.
[[nodiscard]] bool name_matches(std::string_view name, std::string_view domain);

/// Whether a name covers a host: literally, or as a wildcard one label up.
[[nodiscard]] bool name_covers(std::string_view name, std::string_view host);

}  // namespace certledger::projections
