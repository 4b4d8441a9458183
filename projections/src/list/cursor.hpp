// Role: where a page ended, as opaque text: the order, and the place of the last row in it. It names no page
// number and no row count, so what is written meanwhile moves no row from one page to another.
#pragma once

#include <certledger/events/result.hpp>
#include <string>
#include <string_view>

namespace certledger::projections {

/// `order` tells cursors of different lists apart; `tail` is the last row's place.
[[nodiscard]] std::string make_cursor(std::string_view order, std::string_view tail);

/// The tail. ErrorKind::invalid_input when it is no cursor of this order.
[[nodiscard]] Result<std::string> read_cursor(std::string_view cursor, std::string_view order);

}  // namespace certledger::projections
