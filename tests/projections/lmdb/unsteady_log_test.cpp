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
    for (int i = 0; i < 40; ++i) ledger.buy("k" + std::to_string(i), {"a.com"}, day(0));
    const auto load = [&](Again again, int steady) {
        const UnsteadyLog log(ledger.log, again, steady);
        views::MemoryRowStore store;
        auto loader = store.begin_load(1, 1'000'000);
        REQUIRE(loader);
        const auto loaded =
            views::bulk_fold(log, **loader, {}, {log.head().position, 1, 1'000'000, 1, 1'000'000});
        REQUIRE(loaded);
        return *loaded;
    };
    // A thread looks at four stretches, twice.
    for (const int steady : {4, 5, 7}) {
        CHECK_FALSE(load(Again::grown, steady));
        CHECK_FALSE(load(Again::missing, steady));
    }
    CHECK(load(Again::grown, 8));
}

}  // namespace certledger::test
