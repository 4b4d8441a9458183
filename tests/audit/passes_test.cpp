// Verification in little memory: what does not fit is put off to other passes, or folded again, and what is
// found is the same.
#include <catch2/catch.hpp>
#include <certledger/tools/audit/verify.hpp>
#include <random>

#include "findings.hpp"
#include "forged_log.hpp"
#include "lives.hpp"
#include "maybe_seen.hpp"
#include "stream_folds.hpp"

using namespace certledger;
using namespace certledger::testing;
using store::Position;

namespace {

std::string told(const audit::VerifyReport& report) {
    std::string text;
    for (const auto& finding : report.findings)
        text += std::to_string(finding.position) + ": " + finding.message + "\n";
    return text + std::to_string(report.bad_records) + " bad records, " +
           std::to_string(report.other_faults) + " other faults, " + std::to_string(report.streams) +
           " streams, " + std::to_string(report.decisions) + " decisions";
}

audit::VerifyReport verified(const store::EventStore& log, Lives& lives, std::size_t streams,
                             std::size_t states, Position from = 1) {
    audit::VerifyOptions options;
    options.streams_in_memory = streams;
    options.states_in_memory = states;
    options.from = from;
    return must(audit::verify_log(log, lives.ledger().zones(), options));
}

/// Faults of many kinds that hang on what was before, at records by chance.
void forge_some(ForgedLog& log, std::uint64_t seed) {
    const std::function<void(Forgery&)> lies[] = {
        [](Forgery& r) { r.fields.version += 3; },
        [](Forgery& r) { r.fields.previous += 1; },
        [](Forgery& r) { r.account = "shop"; },
        [](Forgery& r) { r.fields.occurred_at = at("2020-01-01T00:00:00Z"); },
        [](Forgery& r) { r.stream = "certificate-k1"; },
        [](Forgery& r) { r.event = events::CertificateDeleted{false}; },
        [](Forgery& r) {
            r.event = events::QuotaReturned{1, {"k1"}};
        },
    };
    std::mt19937_64 chance(seed);
    for (int i = 0; i < 12; ++i) log.forge(2 + chance() % (log.records.size() - 1), lies[chance() % 7]);
}

}  // namespace

TEST_CASE("a log that holds does so with room for any number of streams and states") {
    Lives lives;
    const auto whole = must(audit::verify_log(lives.log(), lives.ledger().zones()));
    REQUIRE(whole.good());
    CHECK(whole.passes == 1);
    REQUIRE(whole.streams > 8);
    for (const std::size_t room : {1U, 2U, 3U, 5U, 8U}) {
        const auto report = verified(lives.log(), lives, room, room);
        INFO(room << "\n" << told(report));
        CHECK(told(report) == told(whole));
        CHECK(report.root == whole.root);
        CHECK(report.passes >= (whole.streams + room - 1) / room);
    }
}

TEST_CASE("what is found does not hang on the room that verification has") {
    Lives lives;
    std::size_t most_found = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        ForgedLog log(lives.log());
        forge_some(log, seed);
        for (const Position from : {Position{1}, Position{17}}) {
            const auto whole = verified(log, lives, audit::VerifyOptions::kStreamsInMemory, 65'536, from);
            most_found = std::max(most_found, whole.findings.size());
            for (const std::size_t room : {1U, 2U, 4U}) {
                const auto report = verified(log, lives, room, room, from);
                INFO("seed " << seed << ", from " << from << ", room " << room);
                CHECK(report.passes > 1);
                CHECK(told(report) == told(whole));
            }
        }
    }
    CHECK(most_found > 20);
}

TEST_CASE("a record that does not read is told once, however many passes there are") {
    Lives lives;
    ForgedLog log(lives.log());
    log.records[11].resize(20);
    const auto whole = must(audit::verify_log(log, lives.ledger().zones()));
    const auto report = verified(log, lives, 1, 1);
    INFO(told(whole));
    CHECK_FALSE(whole.good());
    CHECK(told(report) == told(whole));
}

TEST_CASE("a quota whose balance does not come out is named at the record where it begins") {
    Lives lives;
    ForgedLog log(lives.log());
    const Position first = log.find_type(events::EventType::quota_consumed);
    const auto unit = std::get<events::QuotaConsumed>(log.read(first).event).unit;
    const auto stream = log.read(first).stream;
    Position again = first + 1;
    while (log.read(again).fields.type != events::EventType::quota_consumed ||
           log.read(again).stream != stream)
        ++again;
    log.forge(again, [&](Forgery& r) { std::get<events::QuotaConsumed>(r.event).unit = unit; });
    for (const std::size_t states : {1U, 65'536U}) {
        const auto report = verified(log, lives, 1'000, states);
        INFO(told(report));
        CHECK(told(report).find(std::to_string(again) + ": stream " + stream + ": bought - consumed") !=
              std::string::npos);
    }
}

TEST_CASE("the table of streams holds what it has room for, and no more") {
    const audit::NamePrints prints;
    for (const std::size_t room : {1U, 7U, 896U, 897U, 5'000U}) {
        audit::StreamFolds folds(room);
        const auto name = [](std::size_t i) { return "certificate-" + std::to_string(i); };
        for (std::size_t i = 1; i <= room; ++i) {
            auto* made = folds.of(prints.of(name(i)));
            REQUIRE(made != nullptr);
            REQUIRE(made->free());
            made->set_last(i);
            made->set_status(i % 2 == 0 ? std::optional(events::Status::issued) : std::nullopt);
        }
        CHECK(folds.size() == room);
        CHECK(folds.of(prints.of("another")) == nullptr);
        for (std::size_t i = 1; i <= room; ++i) {
            auto* kept = folds.of(prints.of(name(i)));
            REQUIRE(kept != nullptr);
            REQUIRE(kept->last() == i);
            REQUIRE(kept->status().has_value() == (i % 2 == 0));
        }
        const auto wanted = prints.of(name(1));
        folds.keep_only([&](const audit::NamePrint& print) { return print == wanted; });
        CHECK(folds.size() == 1);
        CHECK(folds.of(wanted)->last() == 1);
    }
}

TEST_CASE("a name that was added may have been seen, and most others have not") {
    audit::MaybeSeen seen(1'000);
    for (int i = 0; i < 1'000; ++i) seen.add("name " + std::to_string(i));
    int mistaken = 0;
    for (int i = 0; i < 1'000; ++i) {
        CHECK(seen.has("name " + std::to_string(i)));
        mistaken += seen.has("other " + std::to_string(i)) ? 1 : 0;
    }
    CHECK(mistaken < 50);
}

TEST_CASE("findings come in one order and each bad record counts once, in whatever order they are told") {
    std::vector<std::pair<Position, std::string>> all;
    for (Position at = 0; at < 400; ++at) {
        all.emplace_back(at % 300, "a " + std::to_string(at));
        all.emplace_back(at % 300, "b " + std::to_string(at));
    }
    std::vector<audit::VerifyReport> reports(2);
    std::mt19937_64 chance(7);
    for (auto& report : reports) {
        report.head = 1'000;
        audit::Findings findings(report);
        for (const auto& [position, message] : all) findings.add(position, message);
        findings.finish();
        std::shuffle(all.begin(), all.end(), chance);
    }
    CHECK(told(reports[0]) == told(reports[1]));
    CHECK(reports[0].bad_records == 299);
    CHECK(reports[0].other_faults == 4);
    CHECK(reports[0].findings.size() == audit::VerifyReport::kMostFindings);
    CHECK(reports[0].findings.front().position == 1);
}
