#include <catch2/catch.hpp>

#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;

TEST_CASE("commands of one batch see each other and become durable in one append") {
    SharedLedger shared;
    auto ledger = shared.open();
    shared.watched->appends = 0;
    REQUIRE(ledger.submit(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    REQUIRE(ledger.submit(request("c2", create("q1", "k1"), "2026-01-02T00:00:00Z")));
    REQUIRE(ledger.submit(request("c3", apply_for("k1", false), "2026-01-02T00:01:00Z")));
    CHECK(ledger.pending() == 3);
    CHECK(shared.log().head().position == 9);
    const auto answers = must(ledger.flush());
    CHECK(shared.watched->appends == 1);
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].position == 10U);
    CHECK_FALSE(answers[0].status);
    REQUIRE(answers[1].events.size() == 2);
    CHECK(answers[1].events[0].type == events::EventType::quota_consumed);
    CHECK(answers[1].events[0].stream.value == "quota-q1");
    CHECK(answers[1].events[0].version == 2);
    CHECK(answers[1].events[0].position == 11);
    CHECK(answers[1].events[1].stream.value == "certificate-k1");
    CHECK(answers[1].events[1].version == 1);
    CHECK(answers[1].position == 12U);
    CHECK(answers[1].status == events::Status::paid);
    CHECK(answers[2].status == events::Status::pending_verification);
    CHECK(ledger.pending() == 0);
}

TEST_CASE("a batch is full at its number of commands and takes the next one after a flush") {
    SharedLedger shared;
    auto ledger = shared.open();
    REQUIRE(ledger.submit(request("q", buy_quota("q1", 5'000), "2026-01-01T00:00:00Z")));
    for (std::size_t i = 1; i < engine::kBatchCommands; ++i) {
        REQUIRE_FALSE(ledger.full());
        REQUIRE(ledger.submit(request("c" + std::to_string(i), create("q1", "k" + std::to_string(i)))));
    }
    CHECK(ledger.full());
    CHECK_THROWS_AS((void)ledger.submit(request("x", buy_quota("q2"))), ContractViolation);
    CHECK(must(ledger.flush()).size() == engine::kBatchCommands);
    CHECK_FALSE(ledger.full());
    CHECK(must(ledger.execute(request("x", buy_quota("q2")))).ok);
}

TEST_CASE("a batch is full at its octets") {
    SharedLedger shared;
    auto ledger = shared.open();
    must(ledger.execute(request("", buy("k1"), "2026-01-01T00:00:00Z")));
    must(ledger.execute(request("", apply_for("k1", false))));
    std::size_t commands = 0;
    while (!ledger.full()) {
        domain::RecordValidation failed = validated("k1");
        failed.outcome = domain::ValidationOutcome::failed;
        failed.cause = std::string(4'000, 'x');
        REQUIRE(ledger.submit(request("c" + std::to_string(commands++), failed)));
    }
    CHECK(commands < engine::kBatchCommands);
    CHECK(commands * 8'400 >= engine::kBatchOctets);
    must(ledger.flush());
}

TEST_CASE("when somebody else was faster, the whole batch is decided again on what stands there now") {
    SharedLedger shared;
    auto first = shared.open();
    must(first.execute(request("q", buy_quota("q1", 2), "2026-01-01T00:00:00Z")));
    auto* const watched = shared.watched;
    auto second = shared.open();
    int conflicts = 0;
    watched->before_append = [&](const store::Append&) -> Result<void> {
        // The other ledger takes a unit between this one's decision and its append.
        if (conflicts++ == 0) must(second.execute(request("other", create("q1", "k9", "other.example"))));
        return {};
    };
    REQUIRE(first.submit(request("c1", create("q1", "k1"))));
    REQUIRE(first.submit(request("c2", create("q1", "k2", "www.example.com"))));
    const auto answers = must(first.flush());
    CHECK(conflicts == 2);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].ok);
    REQUIRE_FALSE(answers[1].ok);
    CHECK(answers[1].refusal->code == events::RefusalCode::quota_exhausted);
    const auto state = *must(first.quota(events::QuotaId{"q1"}));
    CHECK(state.consumed == 2);
    CHECK_FALSE(state.broken);
    CHECK(must(first.certificate(events::CertificateId{"k2"}))->exists() == false);
}

TEST_CASE("appends of others that touch nothing of a batch are no conflict, and positions come out right") {
    SharedLedger shared;
    auto first = shared.open();
    auto* const watched = shared.watched;
    auto second = shared.open();
    watched->before_append = [&](const store::Append& append) -> Result<void> {
        if (append.decided_at == 9)
            must(second.execute(request("other", buy_quota("q9"), "2026-01-01T00:00:00Z")));
        return {};
    };
    const auto answer = must(first.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    CHECK(answer.position == 11U);
    CHECK(must(first.execute(request("c2", create("q9", "k1")))).ok);
    CHECK(must(second.execute(request("c3", create("q1", "k2", "www.example.com")))).ok);
}

TEST_CASE("a batch that others overtake again and again is given up with a conflict and nothing written") {
    SharedLedger shared;
    auto first = shared.open();
    must(first.execute(request("q", buy_quota("q1", 100), "2026-01-01T00:00:00Z")));
    auto* const watched = shared.watched;
    auto second = shared.open();
    int tries = 0;
    watched->before_append = [&](const store::Append&) -> Result<void> {
        const auto number = std::to_string(++tries);
        must(
            second.execute(request("o" + number, create("q1", "o" + number, "o" + number + ".example.com"))));
        return {};
    };
    const auto answer = first.execute(request("c1", create("q1", "k1")));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::conflict);
    CHECK(tries == engine::kConflictTries);
    CHECK(first.pending() == 0);
    watched->before_append = nullptr;
    CHECK(must(first.execute(request("c1", create("q1", "k1")))).ok);
}

TEST_CASE("a full disk leaves nothing of a batch behind, and it can be given again") {
    SharedLedger shared;
    auto ledger = shared.open();
    shared.watched->before_append = [](const store::Append&) -> Result<void> {
        return fail(ErrorKind::outside, "no space left");
    };
    REQUIRE(ledger.submit(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    REQUIRE(ledger.submit(request("c2", create("q1", "k1"))));
    const auto failed = ledger.flush();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::outside);
    CHECK(must(ledger.certificate(events::CertificateId{"k1"}))->exists() == false);
    shared.watched->before_append = nullptr;
    CHECK(must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z"))).ok);
    CHECK(must(ledger.execute(request("c2", create("q1", "k1")))).ok);
}

TEST_CASE("a decision on a stream that others wrote to since is made on their events") {
    SharedLedger shared;
    auto first = shared.open();
    must(first.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    CHECK(must(first.certificate(events::CertificateId{"k1"}))->is(events::Status::paid));
    auto second = shared.open();
    must(second.execute(request("b", apply_for("k1", false))));
    CHECK(must(first.certificate(events::CertificateId{"k1"}))->is(events::Status::pending_verification));
    CHECK(must(first.execute(request("c", validated("k1")))).ok);
}

TEST_CASE("causation leads from the first event of a command to the others, correlation is kept") {
    SharedLedger shared;
    auto ledger = shared.open();
    auto bought = request("q", buy_quota("q1"), "2026-01-01T00:00:00Z");
    bought.correlation = "order-7";
    const auto first = must(ledger.execute(bought));
    auto made = request("c", create("q1", "k1"));
    made.causation = first.events[0].id;
    const auto second = must(ledger.execute(made));
    std::vector<events::Uuid> causes;
    std::vector<std::string> correlations;
    must(shared.log().read_all(10, 12, [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        causes.push_back(record.causation);
        correlations.emplace_back(record.correlation);
        return true;
    }));
    CHECK(causes == std::vector<events::Uuid>{{}, first.events[0].id, second.events[0].id});
    CHECK(correlations == std::vector<std::string>{"order-7", "", ""});
}

TEST_CASE("nothing is written through a ledger that is opened for reading only") {
    SharedLedger shared;
    { const auto made = shared.open(); }
    auto options = SharedLedger::simulated();
    options.read_only = true;
    auto ledger = shared.open(options);
    const auto refused = ledger.execute(request("a", buy_quota("q1")));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK(ledger.views());
}

namespace {

class Keeper final : public engine::LogKeeper {
  public:
    Keeper(int& asked, int& left, bool behind) : asked_(asked), left_(left), behind_(behind) {}
    Result<void> admit_writes(const store::EventStore&) override {
        ++asked_;
        if (behind_) return fail(ErrorKind::damaged, "the log is behind its checkpoint");
        return {};
    }
    Result<void> leave_checkpoint(const store::EventStore&) override {
        ++left_;
        return {};
    }

  private:
    int& asked_;
    int& left_;
    bool behind_;
};

}  // namespace

TEST_CASE(
    "the keeper of the log is asked once before the first write and told when a ledger that wrote is "
    "closed") {
    SharedLedger shared;
    int asked = 0;
    int left = 0;
    {
        auto ledger = shared.open();
        ledger.keep_with(std::make_unique<Keeper>(asked, left, false));
        must(ledger.execute(request("a", buy_quota("q1"), "2026-01-01T00:00:00Z")));
        must(ledger.execute(request("b", buy_quota("q2"))));
        CHECK(left == 0);
        REQUIRE(ledger.close());
        CHECK(left == 1);
    }
    CHECK(asked == 1);
    CHECK(left == 1);
    {
        auto reader = shared.open();
        reader.keep_with(std::make_unique<Keeper>(asked, left, false));
        CHECK(reader.views());
    }
    CHECK(left == 1);
}

TEST_CASE("a keeper that finds the log behind its checkpoint stops every write") {
    SharedLedger shared;
    int asked = 0;
    int left = 0;
    auto ledger = shared.open();
    ledger.keep_with(std::make_unique<Keeper>(asked, left, true));
    const auto refused = ledger.execute(request("a", buy_quota("q1")));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::damaged);
    CHECK(shared.log().head().position == 9);
}
