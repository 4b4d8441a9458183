// What `audit verify` says of logs that are as they should be, and of octets that are not.
#include <catch2/catch.hpp>
#include <certledger/tools/audit/verify.hpp>

#include "forged_log.hpp"
#include "lives.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

std::string told(const audit::VerifyReport& report) {
    std::string text;
    for (const auto& finding : report.findings)
        text += std::to_string(finding.position) + ": " + finding.message + "\n";
    return text;
}

}  // namespace

TEST_CASE("a log of many lives holds, and every decision in it was made again") {
    Lives lives;
    CHECK(lives.refused == std::vector<std::string>{"c5a"});
    const auto report = must(audit::verify(lives.ledger()));
    INFO(told(report));
    CHECK(report.good());
    CHECK(report.records == report.head);
    CHECK(report.root == must(lives.log().tree_head(report.head)).root);
    // Commands that were accepted, the application of the quick issue, and the policies of the first records.
    CHECK(report.decisions == lives.accepted + 1 + 8);
    CHECK(report.view_rows > 0);
}

TEST_CASE("a log holds from any position on, also from the middle of a command") {
    Lives lives;
    const auto end = lives.log().head().position;
    for (store::Position from = 1; from <= end; ++from) {
        audit::VerifyOptions options;
        options.from = from;
        const auto report = must(audit::verify_log(lives.log(), lives.ledger().zones(), options));
        INFO("from " << from << "\n" << told(report));
        CHECK(report.good());
        CHECK(report.records == end - from + 1);
    }
    audit::VerifyOptions beyond;
    beyond.from = end + 1;
    CHECK(audit::verify_log(lives.log(), lives.ledger().zones(), beyond).error().kind ==
          ErrorKind::not_found);
}

TEST_CASE("a record whose octets were changed is named, and the rest is read on") {
    Lives lives;
    const ForgedLog honest(lives.log());
    for (const std::size_t position : {1U, 5U, 12U, 20U, 40U}) {
        ForgedLog log(lives.log());
        auto& octets = log.records[position - 1];
        octets[octets.size() / 2] ^= 0x10;
        const auto report = must(audit::verify_log(log, lives.ledger().zones()));
        INFO(position << "\n" << told(report));
        REQUIRE_FALSE(report.good());
        REQUIRE_FALSE(report.findings.empty());
        CHECK(report.findings.front().position == position);
    }
}

TEST_CASE("progress is told to its end") {
    Lives lives;
    std::uint64_t done = 0;
    std::uint64_t whole = 0;
    audit::VerifyOptions options;
    options.progress = [&](std::uint64_t d, std::uint64_t w) {
        CHECK(d >= done);
        done = d;
        whole = w;
    };
    const auto report = must(audit::verify_log(lives.log(), lives.ledger().zones(), options));
    CHECK(done == report.head);
    CHECK(whole == report.head);
}

TEST_CASE("of many bad records the first ones are told and all are counted") {
    Lives lives;
    ForgedLog log(lives.log());
    for (store::Position at = 2; at <= log.records.size(); ++at)
        log.forge(at, [](Forgery& record) { record.fields.version += 7 * record.fields.position; });
    const auto report = must(audit::verify_log(log, lives.ledger().zones()));
    CHECK(report.bad_records == log.records.size() - 1);
    CHECK(report.findings.size() <= audit::VerifyReport::kMostFindings);
    CHECK(report.findings.front().position == 2);
}
