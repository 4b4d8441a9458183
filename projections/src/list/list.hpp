// Role: answers a list query from the rows: which index drives it, what is filtered, where a page ends.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/events/result.hpp>
#include <certledger/projections/list/list_query.hpp>
#include <certledger/projections/row_reader.hpp>

namespace certledger::projections {

/// ErrorKind::invalid_input: limit 0, or a cursor that is none or of another sort or direction.
[[nodiscard]] Result<ListEnd> visit_list(const RowReader& rows, std::string_view account,
                                         const ListQuery& query, const policies::PolicyBook& book,
                                         Instant now, Position as_of, const CardVisitor& visit);

}  // namespace certledger::projections
