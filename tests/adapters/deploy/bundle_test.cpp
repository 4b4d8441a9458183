#include <archive.h>
#include <archive_entry.h>

#include <catch2/catch.hpp>
#include <certledger/adapters/deploy/bundle.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "../support/vectors.hpp"

using namespace certledger;
using namespace certledger::adapters::deploy;
using certledger::test::octets_of;

namespace {

struct Unpacked {
    std::string name;
    std::string bytes;
    unsigned mode = 0;
    std::int64_t second = 0;
};

std::vector<Unpacked> unpack(const std::string& zip) {
    const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(),
                                                                        archive_read_free);
    archive_read_support_format_zip(reader.get());
    REQUIRE(archive_read_open_memory(reader.get(), zip.data(), zip.size()) == ARCHIVE_OK);
    std::vector<Unpacked> files;
    for (archive_entry* entry = nullptr; archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK;) {
        Unpacked file{archive_entry_pathname(entry),
                      {},
                      static_cast<unsigned>(archive_entry_perm(entry)),
                      archive_entry_mtime(entry)};
        char buffer[4096];
        for (la_ssize_t size = 0; (size = archive_read_data(reader.get(), buffer, sizeof buffer)) > 0;) {
            file.bytes.append(buffer, static_cast<std::size_t>(size));
        }
        files.push_back(std::move(file));
    }
    return files;
}

std::string pack(const std::vector<BundleFile>& files, events::Instant time) {
    std::string zip;
    const auto made = make_zip(files, time, [&zip](std::span<const std::uint8_t> octets) {
        zip.append(reinterpret_cast<const char*>(octets.data()), octets.size());
    });
    REQUIRE(made);
    return zip;
}

const events::Instant kTime = *events::instant_from_string("2026-01-02T03:04:06Z");

}  // namespace

TEST_CASE("an archive holds its files in order, with their modes and time, the same each time") {
    const std::string large(100'000, 'x');
    const std::vector<BundleFile> files{{"b.pem", octets_of("chain"), false},
                                        {"a.key", octets_of("key"), true},
                                        {"empty", {}, false},
                                        {"large", octets_of(large), false}};
    const std::string zip = pack(files, kTime);
    CHECK(zip.size() < 2000);  // it is compressed
    CHECK(pack(files, kTime) == zip);
    const auto unpacked = unpack(zip);
    REQUIRE(unpacked.size() == 4);
    CHECK(unpacked[0].name == "b.pem");
    CHECK(unpacked[0].bytes == "chain");
    CHECK(unpacked[0].mode == 0644);
    CHECK(unpacked[0].second == kTime.seconds());
    CHECK(unpacked[1].name == "a.key");
    CHECK(unpacked[1].mode == 0600);
    CHECK(unpacked[2].bytes.empty());
    CHECK(unpacked[3].bytes == large);
    CHECK(unpack(pack(files, events::kEarliest)).size() == 4);
    CHECK(unpack(pack(files, events::kLatest)).size() == 4);
}

TEST_CASE("names that would unpack elsewhere, repeated names and an empty archive are refused") {
    const auto refused = [](std::vector<BundleFile> files) {
        const auto made = make_zip(files, kTime, [](std::span<const std::uint8_t>) {});
        return !made && made.error().kind == ErrorKind::invalid_input;
    };
    CHECK(refused({}));
    CHECK(refused({{"", {}}}));
    CHECK(refused({{"../x", {}}}));
    CHECK(refused({{"..", {}}}));
    CHECK(refused({{"a\\b", {}}}));
    CHECK(refused({{std::string_view("a\0b", 3), {}}}));
    CHECK(refused({{"a", {}}, {"a", {}}}));
}

TEST_CASE("a sink that fails ends the archive with an error") {
    const auto made = make_zip({{"a", octets_of("x")}}, kTime,
                               [](std::span<const std::uint8_t>) { throw std::runtime_error("full"); });
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::outside);
}
