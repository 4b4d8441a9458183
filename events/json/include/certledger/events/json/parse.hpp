// Role: strict text to JSON (RFC 8259) for input from outside.
//
// Beyond the grammar it refuses: an object that has a name twice (RFC 8259 section 4 leaves open which one
// counts), ill-formed UTF-8, a byte order mark, nesting deeper than kMaxDepth, text longer than the caller
// allows, and anything behind the document. No exception leaves these functions; they may be called from any
// thread.
#pragma once

#include <certledger/events/json/json.hpp>
#include <certledger/events/result.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

namespace certledger::events::json {

/// A document with the first fault that JSON itself allows and certledger does not. With such a fault the
/// rest of the document is still there, so that an answer can carry the id of what it answers.
struct Document {
    Json value;
    std::optional<FieldError> fault;  ///< A name twice, nesting too deep, or a number beyond any type.
};

/// Reads one document of at most `max_size` octets. ErrorKind::invalid_input when the text is no JSON, no
/// UTF-8 or too long; the message gives the octet at which reading stopped and nothing of the text.
[[nodiscard]] Result<Document> parse_document(std::string_view text, std::size_t max_size);

/// As parse_document, with a fault of a member as an error as well.
[[nodiscard]] Result<Json> parse(std::string_view text, std::size_t max_size);

}  // namespace certledger::events::json
