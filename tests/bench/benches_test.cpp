// Each bench on a small ledger: that it runs through, that its figures and quotients are there and fit each
// other. How large they are is no matter of a test.
#include <catch2/catch.hpp>
#include <certledger/tools/bench/bench.hpp>
#include <cmath>
#include <cstdlib>

#include "scratch.hpp"

using namespace certledger;
using certledger::testing::Scratch;

namespace {

bench::Options small(const Scratch& scratch) {
    bench::Options options;
    options.dir = scratch / "work";
    options.certificates = 300;
    options.events = 2'000;
    options.rounds = 1;
    const char* const programs = std::getenv("CERTLEDGER_BIN_DIR");
    options.program = std::string(programs != nullptr ? programs : "build/bin") + "/certledger";
    options.command = "certledger bench";
    return options;
}

bench::Section measured(const std::string& name, bench::Options options) {
    auto report = bench::run({name}, options);
    if (!report) FAIL(report.error().message);
    REQUIRE(report->sections.size() == 1);
    CHECK(report->machine.cores > 0);
    CHECK_FALSE(report->machine.file_system.empty());
    CHECK_FALSE(report->commit.empty());
    return report->sections.front();
}

/// Every figure is a positive number, and with one round each quotient is that of its figures.
void check(const bench::Section& section) {
    CHECK_FALSE(section.figures.empty());
    for (const auto& figure : section.figures) {
        INFO(section.name << " " << figure.name);
        CHECK(std::isfinite(figure.value.median));
        CHECK(figure.value.median >= 0);
        CHECK(figure.value.low <= figure.value.median);
        CHECK(figure.value.median <= figure.value.high);
        CHECK_FALSE(figure.unit.empty());
    }
    for (const auto& ratio : section.ratios) {
        INFO(section.name << " " << ratio.name);
        const auto* of = section.figure(ratio.of);
        const auto* to = section.figure(ratio.to);
        REQUIRE(of != nullptr);
        REQUIRE(to != nullptr);
        CHECK(ratio.value.median == Approx(of->value.median / to->value.median));
    }
}

}  // namespace

TEST_CASE("append measures the engine, raw LMDB with and without an index, and where the time goes") {
    const Scratch scratch;
    const auto section = measured("append", small(scratch));
    check(section);
    for (const char* name : {"engine_1", "engine_10000", "raw_1000", "ahead_100", "indexed_1000",
                             "hash_ns_1000", "engine_1_p99", "octets_an_event"}) {
        INFO(name);
        CHECK(section.figure(name) != nullptr);
    }
    for (const char* name : {"share_1", "share_100", "share_1000", "over_index_1000", "size"}) {
        INFO(name);
        CHECK(section.ratio(name) != nullptr);
    }
    CHECK(section.figure("sqlite_1") == nullptr);
}

TEST_CASE("append measures SQLite beside it, or says that its library is not there") {
    const Scratch scratch;
    auto options = small(scratch);
    options.against_sqlite = true;
    const auto section = measured("append", options);
    REQUIRE(section.notes.size() == 1);
    const bool there = section.figure("sqlite_1000") != nullptr;
    CHECK(there == (section.ratio("over_sqlite_1000") != nullptr));
    CHECK((section.notes.front().find("not measured") == std::string::npos) == there);
}

TEST_CASE("the other benches run through on a small ledger") {
    const Scratch scratch;
    for (const auto& [name, summary] : bench::benches()) {
        if (std::string_view(name) == "append") continue;
        DYNAMIC_SECTION(name) {
            const auto section = measured(name, small(scratch));
            CHECK(section.name == name);
            check(section);
        }
    }
}

TEST_CASE("what the aims are judged by is measured") {
    const Scratch scratch;
    const auto of = [&](const char* bench, const char* figure) {
        const auto section = measured(bench, small(scratch));
        return section.figure(figure) != nullptr || section.ratio(figure) != nullptr;
    };
    CHECK(of("group", "group_256_p99"));
    CHECK(of("replay", "fold_hashed_all_cores"));
    CHECK(of("views", "all_size"));
    CHECK(of("query", "stream_p99"));
    CHECK(of("startup", "show"));
    CHECK(of("archive", "issued_decode_times"));
}

TEST_CASE("a bench that does not exist is named in the error") {
    const auto report = bench::run({"nonsense"}, {});
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::invalid_input);
    CHECK(report.error().message.find("nonsense") != std::string::npos);
}
