#include "golden.hpp"

#include <certledger/events/json/event_json.hpp>
#include <fstream>
#include <sstream>

#include "samples.hpp"

namespace certledger::testing {
namespace {

constexpr std::string_view kBegin = "<!-- generated: begin -->\n";
constexpr std::string_view kEnd = "<!-- generated: end -->\n";

}  // namespace

std::filesystem::path golden_path(const std::filesystem::path& folder, events::EventType type,
                                  unsigned schema, const std::string& extension) {
    return folder / (std::string(events::to_name(type)) + ".v" + std::to_string(schema) + "." + extension);
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::vector<GoldenFile> golden_files(events::EventType type) {
    GoldenFile payloads{"bin-hex", {}};
    GoldenFile objects{"json", {}};
    GoldenFile records{"record-hex", {}};
    for (const auto& event : sample_events(type)) {
        payloads.text += events::to_hex(encoded(event)) + "\n";
        objects.text += events::json::event_to_json(event, events::schema_of(event)).dump() + "\n";
    }
    for (const auto& record : sample_records(type)) records.text += events::to_hex(record) + "\n";
    return {payloads, objects, records, {"schema", events::schema_text(type)}};
}

std::optional<std::string> generated_part(const std::string& document) {
    const auto begin = document.find(kBegin);
    const auto end = document.find(kEnd);
    if (begin == std::string::npos || end == std::string::npos || end < begin) return std::nullopt;
    return document.substr(begin + kBegin.size(), end - begin - kBegin.size());
}

std::optional<std::string> with_generated_part(const std::string& document, const std::string& part) {
    const auto old = generated_part(document);
    if (!old) return std::nullopt;
    std::string changed = document;
    return changed.replace(document.find(kBegin) + kBegin.size(), old->size(), part);
}

}  // namespace certledger::testing
