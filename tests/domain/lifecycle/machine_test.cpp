#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/domain/lifecycle/judge.hpp>
#include <certledger/domain/lifecycle/machine.hpp>
#include <fstream>
#include <map>
#include <sstream>

namespace certledger::lifecycle {
namespace {

std::string status_text(std::optional<Status> status) {
    return status ? std::string(events::to_name(*status)) : std::string("-");
}

/// The whole matrix: one line an event and status, `event from to`, with `no` for what must not follow.
std::string whole_matrix() {
    std::ostringstream text;
    for (const auto& event : events::EnumTraits<EventType>::entries) {
        if (!events::certificate_event(event.value)) continue;
        text << event.name;
        std::vector<std::optional<Status>> from{std::nullopt};
        for (const auto& status : events::EnumTraits<Status>::entries) from.emplace_back(status.value);
        for (const auto& status : from) {
            const auto to = next(status, event.value);
            text << "  " << status_text(status) << ">" << (to ? status_text(to) : std::string("no"));
        }
        text << "\n";
    }
    return text.str();
}

std::string file_text(const std::string& name) {
    std::ifstream file(std::string(CERTLEDGER_TEST_DIR) + "/" + name);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("the machine answers every status and event as the reviewed snapshot says") {
    CHECK(whole_matrix() == file_text("matrix.txt"));
}

TEST_CASE("the printed table and the function agree") {
    std::size_t permitted = 0;
    std::vector<std::optional<Status>> from{std::nullopt};
    for (const auto& status : events::EnumTraits<Status>::entries) from.emplace_back(status.value);
    for (const auto& event : events::EnumTraits<EventType>::entries) {
        for (const auto& status : from) permitted += next(status, event.value).has_value() ? 1 : 0;
    }
    CHECK(permitted == transitions().size());
    for (const auto& row : transitions()) CHECK(next(row.from, row.event) == row.to);
}

TEST_CASE("every event that stands on a certificate's stream can follow somewhere, and no other can") {
    std::map<EventType, int> rows;
    for (const auto& row : transitions()) ++rows[row.event];
    for (const auto& event : events::EnumTraits<EventType>::entries) {
        INFO(event.name);
        CHECK((rows[event.value] > 0) == events::certificate_event(event.value));
    }
}

TEST_CASE("nothing follows a deletion, and nothing but a first event starts a stream") {
    for (const auto& event : events::EnumTraits<EventType>::entries) {
        CHECK_FALSE(next(Status::deleted, event.value));
        const bool first = event.value == EventType::certificate_purchased ||
                           event.value == EventType::certificate_created ||
                           event.value == EventType::certificate_uploaded;
        CHECK(next(std::nullopt, event.value).has_value() == first);
    }
}

TEST_CASE("the table answers what the machine answers when it is asked, for every status and event") {
    std::vector<std::optional<Status>> from{std::nullopt};
    for (const auto& status : events::EnumTraits<Status>::entries) from.emplace_back(status.value);
    // In both orders, because the machine is one object that goes from question to question.
    for (int pass = 0; pass < 2; ++pass) {
        for (const auto& status : from) {
            for (const auto& event : events::EnumTraits<EventType>::entries) {
                INFO(status_text(status) << " " << event.name);
                CHECK(ask_machine(status, event.value) == next(status, event.value));
            }
        }
        std::reverse(from.begin(), from.end());
    }
    CHECK_FALSE(ask_machine(Status::paid, static_cast<EventType>(60'000)));
    CHECK_FALSE(ask_machine(static_cast<Status>(200), EventType::certificate_issued));
}

TEST_CASE("a code outside the enumerations is forbidden, not a crash") {
    CHECK_FALSE(next(Status::paid, static_cast<EventType>(60'000)));
    CHECK_FALSE(next(static_cast<Status>(200), EventType::certificate_issued));
}

}  // namespace certledger::lifecycle
