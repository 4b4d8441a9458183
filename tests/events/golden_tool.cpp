// Role: makes the golden files of new event types and the tables of docs/FORMAT.md.
//
//   events_golden write-missing FOLDER   writes golden files that do not exist; never changes one that does
//   events_golden records FOLDER         prints the golden records as JSON, one a line, in the order of types
//   events_golden document FILE          puts the tables as the code has them into FORMAT.md
#include <openssl/sha.h>

#include <certledger/events/json/record_json.hpp>
#include <fstream>
#include <iostream>

#include "golden.hpp"
#include "samples.hpp"

namespace certledger::testing {
namespace {

int complain(const std::string& text) {
    std::cerr << "events_golden: " << text << "\n";
    return 2;
}

int write_missing(const std::filesystem::path& folder) {
    for (const auto type : event_types()) {
        const unsigned schema = events::schema_of(events::make_event(type));
        for (const auto& file : golden_files(type)) {
            const auto path = golden_path(folder, type, schema, file.extension);
            if (std::filesystem::exists(path)) continue;
            if (!(std::ofstream(path, std::ios::binary) << file.text))
                return complain(path.string() + ": not written");
            std::cout << path.filename().string() << "\n";
        }
    }
    return 0;
}

/// RFC 9162 section 2.1.1: the hash of a leaf.
events::Digest leaf_hash(const events::Bytes& record) {
    events::Bytes leaf{0};
    leaf.insert(leaf.end(), record.begin(), record.end());
    events::Digest digest{};
    SHA256(leaf.data(), leaf.size(), digest.data());
    return digest;
}

int print_records(const std::filesystem::path& folder) {
    for (const auto type : event_types()) {
        const auto path =
            golden_path(folder, type, events::schema_of(events::make_event(type)), "record-hex");
        const auto text = read_file(path);
        if (!text) return complain(path.string() + ": cannot be read");
        for (const auto& line : lines_of(*text)) {
            const auto bytes = events::bytes_from_hex(line);
            if (!bytes) return complain(path.string() + ": is not hexadecimal");
            const auto record = events::read_record(*bytes);
            if (!record) return complain(path.string() + ": " + record.error().message);
            const auto json = events::json::record_to_json(*record, leaf_hash(*bytes));
            if (!json) return complain(path.string() + ": " + json.error().message);
            std::cout << *json << "\n";
        }
    }
    return 0;
}

int update_document(const std::filesystem::path& path) {
    const auto document = read_file(path);
    if (!document) return complain(path.string() + ": cannot be read");
    const auto changed = with_generated_part(*document, format_tables());
    if (!changed) return complain(path.string() + ": has no marks of a generated part");
    if (!(std::ofstream(path, std::ios::binary) << *changed))
        return complain(path.string() + ": not written");
    return 0;
}

int run(int count, char** words) {
    const std::string verb = count == 3 ? words[1] : "";
    if (verb == "write-missing") return write_missing(words[2]);
    if (verb == "records") return print_records(words[2]);
    if (verb == "document") return update_document(words[2]);
    return complain("usage: events_golden write-missing|records FOLDER, events_golden document FILE");
}

}  // namespace
}  // namespace certledger::testing

int main(int count, char** words) { return certledger::testing::run(count, words); }
