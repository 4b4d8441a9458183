#include <poll.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <thread>

#include "conversation.hpp"

using namespace certledger;
using namespace certledger::testing;

namespace {

std::string quota_line(const std::string& id) {
    return R"({"id":")" + id + R"(","command":"buy-quota","quota":"q-)" + id +
           R"(","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD","occurred_at":"2026-01-01T00:00:00Z"})" +
           "\n";
}

struct Pipe {
    Pipe() { REQUIRE(::pipe(ends) == 0); }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    void close_end(int end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }
    void write(const std::string& text) {
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    /// One line, waiting for it; nothing at the end, or when none comes within a minute.
    std::optional<std::string> line() {
        std::string text;
        for (char c = 0;;) {
            pollfd ready{ends[0], POLLIN, 0};
            if (::poll(&ready, 1, 60'000) <= 0 || ::read(ends[0], &c, 1) != 1) return std::nullopt;
            if (c == '\n') return text;
            text.push_back(c);
        }
    }
    int ends[2] = {-1, -1};
};

}  // namespace

TEST_CASE("answers come when the input pauses, not only at its end") {
    SharedLedger shared;
    auto ledger = shared.open();
    Pipe in;
    Pipe out;
    std::thread worker([&] {
        (void)exec::run(ledger, in.ends[0], out.ends[1], as_ada());
        out.close_end(1);
    });
    in.write(quota_line("a"));
    const auto first = out.line();
    in.write(quota_line("b") + quota_line("c") + "{broken");
    const auto second = out.line();
    const auto third = out.line();
    in.write("\n{\"query\":\"position\"}\n");
    const auto fourth = out.line();
    const auto fifth = out.line();
    in.write(quota_line("d").substr(0, 20));
    in.close_end(1);
    const auto last = out.line();
    const auto end = out.line();
    worker.join();
    REQUIRE(first);
    CHECK(OrderedJson::parse(*first)["id"] == "a");
    REQUIRE(third);
    CHECK(OrderedJson::parse(*second)["id"] == "b");
    CHECK(OrderedJson::parse(*third)["id"] == "c");
    REQUIRE(fifth);
    CHECK(OrderedJson::parse(*fourth)["line"] == 4);
    CHECK(OrderedJson::parse(*fifth)["result"]["position"] == 12);
    REQUIRE(last);
    CHECK(OrderedJson::parse(*last)["line"] == 6);
    CHECK_FALSE(end);
}

TEST_CASE("an answer is printed only once its events are durable") {
    SharedLedger shared;
    auto ledger = shared.open();
    Pipe in;
    Pipe out;
    bool printed_before = false;
    shared.watched->before_append = [&](const store::Append&) -> Result<void> {
        pollfd ready{out.ends[0], POLLIN, 0};
        printed_before = printed_before || ::poll(&ready, 1, 0) > 0;
        return {};
    };
    in.write(quota_line("a") + quota_line("b"));
    in.close_end(1);
    REQUIRE(exec::run(ledger, in.ends[0], out.ends[1], as_ada()));
    CHECK_FALSE(printed_before);
    CHECK(out.line());
    CHECK(out.line());
}

TEST_CASE("many lines are committed together, in order, however many there are") {
    SharedLedger shared;
    auto ledger = shared.open();
    shared.watched->appends = 0;
    std::string input;
    constexpr int kLines = 5'500;
    for (int i = 0; i < kLines; ++i) {
        input += i % 10 == 7 ? "?\n" : quota_line(std::to_string(i));
    }
    const auto spoken = converse(ledger, input);
    REQUIRE(spoken.outcome);
    REQUIRE(spoken.lines.size() == kLines);
    bool in_order = true;
    for (int i = 0; i < kLines; ++i) {
        const auto one = OrderedJson::parse(spoken.lines[static_cast<std::size_t>(i)]);
        in_order = in_order &&
                   (i % 10 == 7 ? one["line"] == i + 1 : one["id"] == std::to_string(i) && one["ok"] == true);
    }
    CHECK(in_order);
    CHECK(shared.watched->appends == 5);
}

TEST_CASE("when the disk is full the answers so far are printed and the rest stays unanswered") {
    SharedLedger shared;
    auto ledger = shared.open();
    std::string input =
        "?\n" + quota_line("a") + "{\"query\":\"position\"}\n?\n" + quota_line("b") + "?\n" + quota_line("c");
    shared.watched->before_append = [&](const store::Append&) -> Result<void> {
        if (shared.log().head().position > 9) return fail(ErrorKind::outside, "no space left on the disk");
        return {};
    };
    const auto spoken = converse(ledger, input);
    REQUIRE_FALSE(spoken.outcome);
    CHECK(spoken.outcome.error().kind == ErrorKind::outside);
    REQUIRE(spoken.lines.size() == 4);
    CHECK(OrderedJson::parse(spoken.lines[1])["id"] == "a");
    CHECK(OrderedJson::parse(spoken.lines[3])["line"] == 4);
    shared.watched->before_append = nullptr;
    CHECK(converse(ledger, input).lines.size() == 7);
}

TEST_CASE("commands with a --now before the log's end end the run, queries do not") {
    SharedLedger shared;
    {
        auto ledger = shared.open();
        REQUIRE(converse(ledger, quota_line("a")).outcome);
    }
    auto options = SharedLedger::simulated();
    options.now = at("2025-01-01T00:00:00Z");
    auto ledger = shared.open(options);
    CHECK(converse(ledger, "{\"query\":\"position\"}\n").outcome);
    const auto spoken =
        converse(ledger, "{\"query\":\"position\"}\n" + quota_line("b") + "{\"query\":\"position\"}\n");
    REQUIRE_FALSE(spoken.outcome);
    CHECK(spoken.outcome.error().kind == ErrorKind::invalid_input);
    CHECK(spoken.lines.size() == 1);
}

TEST_CASE("an output that nobody reads any more is an error of the world outside") {
    SharedLedger shared;
    auto ledger = shared.open();
    const Scratch in(quota_line("a"));
    const auto outcome = exec::run(ledger, in.descriptor(), 987, as_ada());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind == ErrorKind::outside);
    CHECK(shared.log().head().position == 10);
}

TEST_CASE("the actor of a line stands in the record, else the one that exec was started by") {
    SharedLedger shared;
    auto ledger = shared.open();
    std::string own = quota_line("b");
    own.insert(1, "\"actor\":\"J\\u00fcrgen\",\"correlation\":\"x-1\",");
    REQUIRE(converse(ledger, quota_line("a") + own).outcome);
    std::vector<std::string> actors;
    must(shared.log().read_all(10, 11, [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        actors.emplace_back(record.actor);
        return true;
    }));
    CHECK(actors == std::vector<std::string>{"ada", "J\xC3\xBCrgen"});
}
