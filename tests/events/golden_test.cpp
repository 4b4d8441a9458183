#include <catch2/catch.hpp>
#include <certledger/events/json/event_json.hpp>
#include <certledger/events/json/parse.hpp>
#include <certledger/events/json/record_json.hpp>

#include "golden.hpp"
#include "samples.hpp"

using namespace certledger;
using namespace certledger::events;
using namespace certledger::testing;

namespace {

const std::filesystem::path kFolder = std::filesystem::path(CERTLEDGER_TEST_DIR) / "golden";

std::vector<std::string> golden_lines(EventType type, unsigned schema, const std::string& extension) {
    const auto path = golden_path(kFolder, type, schema, extension);
    const auto text = read_file(path);
    INFO("missing " << path.filename() << ": run events_golden write-missing, and commit what it wrote");
    REQUIRE(text.has_value());
    return lines_of(*text);
}

}  // namespace

TEST_CASE("every event type has its golden files, and the code still makes the same") {
    for (const EventType type : event_types()) {
        const unsigned schema = schema_of(make_event(type));
        for (const GoldenFile& file : golden_files(type)) {
            const auto path = golden_path(kFolder, type, schema, file.extension);
            INFO("differs or missing: " << path.filename());
            CHECK(read_file(path) == file.text);
        }
    }
}

TEST_CASE("golden payloads of every schema version are still read") {
    for (const EventType type : event_types()) {
        for (unsigned schema = 1; schema <= schema_of(make_event(type)); ++schema) {
            const auto payloads = golden_lines(type, schema, "bin-hex");
            const auto objects = golden_lines(type, schema, "json");
            INFO(to_name(type) << " schema " << schema);
            REQUIRE(payloads.size() == objects.size());
            for (std::size_t i = 0; i < payloads.size(); ++i) {
                const auto event = decode_event(type, schema, *bytes_from_hex(payloads[i]));
                REQUIRE(event);
                CHECK(json::event_to_json(*event, schema).dump() == objects[i]);
                const auto back = json::event_from_json(type, schema, *json::parse(objects[i], 1 << 20));
                REQUIRE(back);
                CHECK(same(*back, *event));
            }
        }
    }
}

TEST_CASE("golden records are still read, and their JSON makes the same octets") {
    for (const EventType type : event_types()) {
        for (unsigned schema = 1; schema <= schema_of(make_event(type)); ++schema) {
            for (const auto& line : golden_lines(type, schema, "record-hex")) {
                const Bytes bytes = *bytes_from_hex(line);
                const auto record = read_record(bytes);
                REQUIRE(record);
                const auto object = json::record_to_json(*record, std::nullopt);
                REQUIRE(object);
                const auto back = json::record_from_json(*object);
                REQUIRE(back);
                CHECK(back->bytes == bytes);
            }
        }
    }
}

TEST_CASE("the golden folder holds nothing that belongs to no event type") {
    std::size_t expected = 0;
    for (const EventType type : event_types()) expected += 4 * schema_of(make_event(type));
    const auto files = std::filesystem::directory_iterator(kFolder);
    CHECK(static_cast<std::size_t>(std::distance(begin(files), end(files))) == expected);
}

TEST_CASE("the tables of docs/FORMAT.md are those of the code") {
    const auto document = read_file(std::filesystem::path(CERTLEDGER_TEST_DIR) / "../../docs/FORMAT.md");
    REQUIRE(document.has_value());
    INFO("run events_golden document docs/FORMAT.md");
    CHECK(generated_part(*document) == format_tables());
}
