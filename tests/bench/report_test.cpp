#include <catch2/catch.hpp>
#include <certledger/tools/bench/bench.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "scratch.hpp"

using namespace certledger;
using certledger::testing::Scratch;

namespace {

/// A report with an append that reaches something and misses something.
bench::Report made_up() {
    bench::Section append;
    append.name = "append";
    append.title = "Durable append";
    append.sizes = {{"events_before", 10'000'000}};
    append.figures = {{"engine_1000", "engine <here>", "events/s", false, {2e6, 1.9e6, 2.1e6, 5}},
                      {"raw_1000", "raw", "events/s", true, {2.2e6, 2.1e6, 2.3e6, 5}}};
    append.ratios = {{"share_1000", "engine / raw", "engine_1000", "raw_1000", {0.91, 0.9, 0.92, 5}},
                     {"over_index_1000", "engine / index", "engine_1000", "indexed_1000", {12, 11, 13, 5}},
                     {"share_100", "engine / raw", "engine_100", "raw_100", {0.7, 0.6, 0.8, 5}}};
    bench::Section query;
    query.name = "query";
    query.title = "Questions";
    query.figures = {{"point_p99", "point", "us", false, {2.5, 2, 3, 5}},
                     {"page_p99", "page", "us", false, {25, 20, 30, 5}}};
    bench::Report report;
    report.machine = {"A processor", 2, std::uint64_t{8} << 30U, "Linux 6.1", "ext4 on /dev/vda", "g++ 12"};
    report.version = "0.1.0";
    report.commit = "abc123";
    report.command = "certledger bench all";
    report.measured_at = "2026-07-01T00:00:00Z";
    report.sections = {append, query};
    return report;
}

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The line of the table that begins with this.
std::string row_with(const std::string& text, const std::string& what) {
    const auto at = text.find("| " + what + " |");
    REQUIRE(at != std::string::npos);
    return text.substr(at, text.find('\n', at) - at);
}

}  // namespace

TEST_CASE("the JSON form has machine, commit, command and every figure with its spread") {
    const auto document = nlohmann::json::parse(bench::to_json(made_up()));
    CHECK(document["machine"]["cores"] == 2);
    CHECK(document["machine"]["file_system"] == "ext4 on /dev/vda");
    CHECK(document["commit"] == "abc123");
    CHECK(document["command"] == "certledger bench all");
    const auto& section = document["benches"][0];
    CHECK(section["bench"] == "append");
    CHECK(section["sizes"]["events_before"] == 10'000'000);
    CHECK(section["figures"][0]["median"] == 2e6);
    CHECK(section["figures"][0]["low"] == 1.9e6);
    CHECK(section["figures"][1]["limit"] == true);
    CHECK(section["ratios"][0]["of"] == "engine_1000");
    CHECK(section["ratios"][0]["rounds"] == 5);
}

TEST_CASE("the paper says of each aim whether it was reached") {
    const Scratch scratch;
    REQUIRE(bench::write_paper(made_up(), scratch / "docs"));
    const auto text = text_of(scratch / "docs/PERFORMANCE.md");
    // The second "the same, batch 1000" is that without hashing, the third that against the index.
    CHECK(row_with(text, "durable append, batch 100, share of raw LMDB, hashing included").find("enough") !=
          std::string::npos);
    CHECK(row_with(text, "the same, batch 1000").find("aim reached") != std::string::npos);
    CHECK(row_with(text, "point query, p99").find("aim reached") != std::string::npos);
    CHECK(row_with(text, "page of 50, p99").find("missed") != std::string::npos);
    CHECK(row_with(text, "certledger cert show, wall").find("not measured") != std::string::npos);
    // On ten million events the index must be beaten by more.
    CHECK(text.find("| 20 times | 40 times | 12 times | missed |") != std::string::npos);
    CHECK(text.find("abc123") != std::string::npos);
    CHECK(text.find("*raw*") != std::string::npos);
}

TEST_CASE("the paper's pictures are drawn beside it, with the text escaped") {
    const Scratch scratch;
    REQUIRE(bench::write_paper(made_up(), scratch / "docs"));
    const auto picture = text_of(scratch / "docs/performance/append.svg");
    CHECK(picture.starts_with("<svg "));
    CHECK(picture.find("engine &lt;here&gt;") != std::string::npos);
    CHECK(picture.find("2.00M") != std::string::npos);
    CHECK(text_of(scratch / "docs/PERFORMANCE.md").find("performance/append.svg") != std::string::npos);
    CHECK_FALSE(text_of(scratch / "docs/performance/query.svg").empty());
}

TEST_CASE("numbers are written with as many digits as they are worth") {
    CHECK(bench::readable(0.4567) == "0.457");
    CHECK(bench::readable(3.14159) == "3.14");
    CHECK(bench::readable(42.34) == "42.3");
    CHECK(bench::readable(7) == "7");
    CHECK(bench::readable(9'999) == "9999");
    CHECK(bench::readable(12'345) == "12.3k");
    CHECK(bench::readable(2'000'000) == "2.00M");
    CHECK(bench::readable(345e6) == "345M");
}
