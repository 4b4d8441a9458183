// Role: the log in memory, for tests, simulations and what-if replays.
#pragma once

#include <certledger/store/append_plan.hpp>
#include <certledger/store/tlog/tiles.hpp>
#include <deque>
#include <map>
#include <shared_mutex>

namespace certledger::store {

/// Durability: none; the log ends with the object. Threads: any; reading does not wait for other readers.
/// Lifetime: views handed to a visitor hold until it returns.
class MemoryStore final : public EventStore {
  public:
    explicit MemoryStore(KeysOf keys_of = nullptr) : keys_of_(keys_of) {}

    [[nodiscard]] Result<std::vector<Stored>> append(const Append& append) override;
    [[nodiscard]] Head head() const override;
    [[nodiscard]] std::optional<StreamHead> stream_head(std::string_view stream) const override;
    [[nodiscard]] Result<void> read_stream(std::string_view stream, std::uint64_t from, std::uint64_t to,
                                           Direction direction, const RecordVisitor& visit) const override;
    [[nodiscard]] Result<void> read_all(Position from, Position to,
                                        const RecordVisitor& visit) const override;
    [[nodiscard]] Result<events::Bytes> record(Position position) const override;
    [[nodiscard]] Result<void> find(std::string_view key, const RecordVisitor& visit) const override;
    [[nodiscard]] Result<TreeHead> tree_head(std::uint64_t size) const override;
    [[nodiscard]] Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t index,
                                                                      std::uint64_t size) const override;
    [[nodiscard]] Result<std::vector<events::Digest>> consistency_proof(std::uint64_t from,
                                                                        std::uint64_t to) const override;

  private:
    using Positions = std::vector<Position>;
    using Places = std::map<std::string, Positions, std::less<>>;

    [[nodiscard]] const events::Bytes* at(Position position) const;
    [[nodiscard]] Result<bool> visit_one(Position position, const RecordVisitor& visit) const;
    [[nodiscard]] Positions places(const Places& where, std::string_view name) const;
    [[nodiscard]] Result<void> holds_tree(std::uint64_t size) const;
    [[nodiscard]] Result<events::Bytes> tile(unsigned level, std::uint64_t index) const;
    [[nodiscard]] StreamHead end_of(std::string_view stream) const;
    [[nodiscard]] Position newest(std::string_view key) const;
    void take(const AppendPlan& plan);

    const KeysOf keys_of_;
    mutable std::shared_mutex mutex_;
    std::deque<events::Bytes> records_;  ///< A deque: what is in it never moves.
    Head head_;
    Places streams_;
    Places keys_;
    tlog::RightEdge edge_;
    tlog::TileWriter writer_;
    std::map<std::pair<unsigned, std::uint64_t>, events::Bytes> full_tiles_;
};

}  // namespace certledger::store
