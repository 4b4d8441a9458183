// Role: docs/REFERENCE.md, written by the program itself from the descriptions that it works by.
#pragma once

#include <string>

#include "reference/fields.hpp"

namespace certledger::cli {

/// The whole page, Markdown.
[[nodiscard]] std::string reference_page();

// Its sections.
void add_commands(std::string& page);
void add_refusals(std::string& page);
void add_events(std::string& page);
void add_policies(std::string& page);
void add_views(std::string& page);
void add_program(std::string& page);

/// Rows of `name | type | needed`; a line that says so when there are none. `always` is the last column's
/// word for a field that is always there; empty: there is no such column.
void add_fields(std::string& page, const std::vector<Field>& fields, const std::string& always);

}  // namespace certledger::cli
