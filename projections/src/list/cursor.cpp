#include "cursor.hpp"

#include <certledger/events/digest.hpp>
#include <certledger/projections/index.hpp>

namespace certledger::projections {

std::string make_cursor(std::string_view order, std::string_view tail) {
    events::Bytes octets(order.begin(), order.end());
    octets.push_back(0);
    octets.insert(octets.end(), tail.begin(), tail.end());
    return events::to_base64(octets);
}

namespace {

/// What is no longer than a cursor of a list of names is shown.
std::string about(std::string_view cursor) {
    constexpr std::size_t shown = 128;
    return cursor.size() > shown ? "cursor: " : "cursor \"" + std::string(cursor) + "\": ";
}

}  // namespace

Result<std::string> read_cursor(std::string_view cursor, std::string_view order) {
    // A tail is text at most, a status or an instant, and the row's id in eight octets.
    constexpr std::size_t kMostOctets = key::kMostText + 32;
    if (cursor.size() > 2 * kMostOctets)
        return fail(ErrorKind::invalid_input, about(cursor) + "is none that a page of this list gave");
    const auto octets = events::bytes_from_base64(cursor);
    if (!octets || octets->size() < order.size() + 1 + 8 || octets->size() > kMostOctets)
        return fail(ErrorKind::invalid_input, about(cursor) + "is none that a page of this list gave");
    const std::string text(octets->begin(), octets->end());
    if (!text.starts_with(order) || text[order.size()] != '\0')
        return fail(ErrorKind::invalid_input, about(cursor) + "comes from a list in another order");
    return text.substr(order.size() + 1);
}

}  // namespace certledger::projections
