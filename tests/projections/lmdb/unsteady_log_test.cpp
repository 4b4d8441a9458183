// A log that is not the same when it is read again: nothing is written behind the memory that was made for
// it.
#include "../ledger.hpp"
#include "bulk_fold.hpp"

namespace certledger::test {

namespace {

enum class Again { grown, missing };

class UnsteadyLog final : public store::EventStore {
  public:
    /// The readings from `steady` on are others.
    UnsteadyLog(const store::EventStore& log, Again again, int steady)
        : log_(log), again_(again), steady_(steady) {}

    Result<void> read_batches(store::Position from, store::Position to,
                              const store::BatchVisitor& visit) const override {
        if (++readings_ <= steady_) return log_.read_batches(from, to, visit);
        if (again_ == Again::missing) return {};
        return log_.read_batches(from, to, [&](store::Position first, auto records) {
            Bytes longer(records.front().begin(), records.front().end());
            longer.resize(longer.size() + 100'000);
            std::vector<std::span<const std::uint8_t>> given(records.begin(), records.end());
            given.front() = longer;
            return visit(first, given);
        });
    }
    [[nodiscard]] int readings() const { return readings_; }
    store::Head head() const override { return log_.head(); }
    Result<Bytes> record(store::Position position) const override { return log_.record(position); }

    // Nobody asks for these.
    Result<std::vector<store::Stored>> append(const store::Append&) override { return none(); }
    std::optional<store::StreamHead> stream_head(std::string_view) const override { return std::nullopt; }
    Result<void> read_stream(std::string_view, std::uint64_t, std::uint64_t, store::Direction,
                             const store::RecordVisitor&) const override {
        return none();
    }
    Result<void> read_all(store::Position, store::Position, const store::RecordVisitor&) const override {
        return none();
    }
    Result<void> find(std::string_view, const store::RecordVisitor&) const override { return none(); }
    Result<store::TreeHead> tree_head(std::uint64_t) const override { return none(); }
    Result<std::vector<Digest>> inclusion_proof(std::uint64_t, std::uint64_t) const override {
        return none();
    }
    Result<std::vector<Digest>> consistency_proof(std::uint64_t, std::uint64_t) const override {
        return none();
    }

  private:
    static tl::unexpected<Error> none() { return fail(ErrorKind::invalid_input, "not in this test"); }

    const store::EventStore& log_;
    Again again_;
    int steady_;
    mutable int readings_ = 0;
};

}  // namespace

TEST_CASE("a log that changes while it is read is left to a fold in order") {
    Ledger ledger;
    // Two accounts of as many records, which do not fit into memory together.
    for (const auto* account : {"ada", "bob"}) {
        ledger.account.value = account;
        for (int i = 0; i < 40; ++i) ledger.buy(account + std::to_string(i), {"a.com"}, day(0));
    }
    std::uint64_t octets = 0;
    REQUIRE(ledger.log.read_all(1, ledger.log.head().position, [&](const auto& record, auto whole) {
        if (record.account == "ada" && record.type != EventType::policy_adopted) octets += whole.size();
        return true;
    }));
    const auto load = [&](const UnsteadyLog& log) {
        views::MemoryRowStore store;
        auto loader = store.begin_load(1, 1'000'000);
        REQUIRE(loader);
        const auto loaded =
            views::bulk_fold(log, **loader, {}, {log.head().position, 1, octets, 1, 1'000'000});
        REQUIRE(loaded);
        return *loaded;
    };
    const UnsteadyLog steady(ledger.log, Again::grown, 1'000);
    CHECK(load(steady));
    REQUIRE(steady.readings() >= 12);
    // Weighed in four stretches; the last two that are gathered hold nothing of the last account.
    for (int readings = 4; readings < steady.readings() - 2; ++readings) {
        INFO(readings << " readings of " << steady.readings());
        CHECK_FALSE(load(UnsteadyLog(ledger.log, Again::grown, readings)));
        CHECK_FALSE(load(UnsteadyLog(ledger.log, Again::missing, readings)));
    }
}

}  // namespace certledger::test
