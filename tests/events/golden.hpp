// Role: where the golden files of an event type stand and how they are read.
//
// For each type and schema version there are four files, one sample a line:
//   <type>.v<schema>.bin-hex     canonical payloads in hexadecimal     <type>.v<schema>.json    the same as
//   JSON <type>.v<schema>.record-hex  whole records around them             <type>.v<schema>.schema
//   schema_text()
// They are never edited: a difference means that ledgers already written would be read otherwise.
#pragma once

#include <certledger/events/event_types.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace certledger::testing {

[[nodiscard]] std::filesystem::path golden_path(const std::filesystem::path& folder, events::EventType type,
                                                unsigned schema, const std::string& extension);

/// The whole file; nothing when there is none.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path);

[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);

/// What the files of the type's newest schema version must hold, by extension.
struct GoldenFile {
    std::string extension;
    std::string text;
};
[[nodiscard]] std::vector<GoldenFile> golden_files(events::EventType type);

/// The part of docs/FORMAT.md between its two marks, and the document with that part replaced; nothing when
/// the marks are not there.
[[nodiscard]] std::optional<std::string> generated_part(const std::string& document);
[[nodiscard]] std::optional<std::string> with_generated_part(const std::string& document,
                                                             const std::string& part);

}  // namespace certledger::testing
