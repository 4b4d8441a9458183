#include <catch2/catch.hpp>
#include <certledger/tools/audit/verify.hpp>
#include <certledger/tools/bench/generate.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <fstream>

#include "scratch.hpp"

using namespace certledger;
using certledger::testing::Scratch;

namespace {

bench::GenerateReport generated(const std::string& folder, std::uint64_t seed,
                                std::uint64_t certificates = 1'000) {
    bench::GenerateOptions options;
    options.folder = folder;
    options.certificates = certificates;
    options.seed = seed;
    options.records_per_append = 700;
    auto report = bench::generate(options);
    REQUIRE(report);
    return *report;
}

}  // namespace

TEST_CASE("audit verify finds nothing in a generated ledger") {
    const Scratch scratch;
    const auto made = generated(scratch / "ledger", 1);
    CHECK(made.certificates == 1'000);
    auto ledger = engine::Ledger::open(scratch / "ledger", {});
    REQUIRE(ledger);
    CHECK(ledger->info().simulated_time);
    const auto report = audit::verify(*ledger);
    REQUIRE(report);
    for (const auto& finding : report->findings) UNSCOPED_INFO(finding.position << ": " << finding.message);
    CHECK(report->good());
    CHECK(report->records == made.records);
    CHECK(report->octets == made.octets);
    CHECK(report->root == made.tree.root);
}

TEST_CASE("the same seed gives the same root, another one another") {
    const Scratch scratch;
    const auto first = generated(scratch / "a", 4);
    CHECK(generated(scratch / "b", 4).tree == first.tree);
    CHECK(generated(scratch / "c", 5).tree != first.tree);
}

TEST_CASE("a generated ledger takes new commands") {
    const Scratch scratch;
    generated(scratch / "ledger", 1, 200);
    auto ledger = engine::Ledger::open(scratch / "ledger", {});
    REQUIRE(ledger);
    engine::Request request;
    request.actor = "ada";
    domain::BuyQuota command;
    command.product = {events::Level::dv, events::Kind::single, 1, 1, "orchard"};
    command.count = 3;
    command.price = {9'000, {}};
    request.command = command;
    const auto answer = ledger->execute(std::move(request));
    REQUIRE(answer);
    CHECK(answer->ok);
}

TEST_CASE("nothing is generated where something is already") {
    const Scratch scratch;
    bench::GenerateOptions options;
    options.folder = scratch / "taken";
    std::filesystem::create_directories(options.folder);
    std::ofstream(options.folder + "/file") << "mine";
    const auto report = bench::generate(options);
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::invalid_input);
    CHECK(std::filesystem::exists(options.folder + "/file"));
}
