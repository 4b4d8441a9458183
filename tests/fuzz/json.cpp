#include <certledger/events/json/parse.hpp>

#include "targets.hpp"

namespace certledger::fuzz {
namespace {

constexpr std::size_t kLongest = std::size_t{1} << 20U;

std::size_t depth_of(const events::json::Json& value) {
    std::size_t deepest = 0;
    if (value.is_structured()) {
        for (const auto& member : value) deepest = std::max(deepest, depth_of(member));
        return deepest + 1;
    }
    return 0;
}

}  // namespace

void json(Octets octets) {
    const auto document = events::json::parse_document(text_of(octets), kLongest);
    const auto value = events::json::parse(text_of(octets), kLongest);
    // The strict reader takes a document without a fault, and only that.
    CERTLEDGER_CHECK(value.has_value() == (document.has_value() && !document->fault));
    if (!value) return;
    CERTLEDGER_CHECK(*value == document->value);
    CERTLEDGER_CHECK(depth_of(*value) <= events::json::kMaxDepth);
    const auto again = events::json::parse(value->dump(), 8 * kLongest);
    CERTLEDGER_CHECK(again.has_value());
    CERTLEDGER_CHECK(again->dump() == value->dump());
}

}  // namespace certledger::fuzz
