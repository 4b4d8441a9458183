// Role: the log's value: one commit. A directory, then the records (docs/FORMAT.md):
//
//   u32 count, u32 offsets[count + 1] from the value's first octet, the records; little-endian.
#pragma once

#include <certledger/store/append_plan.hpp>
#include <certledger/store/lmdb/transaction.hpp>

namespace certledger::store::lmdb {

[[nodiscard]] std::size_t commit_size(const AppendPlan& plan);

/// Fills exactly commit_size() octets.
void write_commit(const AppendPlan& plan, std::span<std::uint8_t> out);

/// A commit as it was read; the octets are somebody else's.
class CommitView {
  public:
    CommitView() = default;

    /// The commit whose first record has position `first`. damaged: the directory does not fit the value.
    [[nodiscard]] static Result<CommitView> read(Position first, Octets value);

    [[nodiscard]] Position first() const { return first_; }
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] Octets octets() const { return value_; }
    /// Position behind the last record.
    [[nodiscard]] Position end() const { return first_ + count_; }
    [[nodiscard]] bool holds(Position position) const { return position - first_ < count_; }
    /// The octets of a record that it holds. damaged: its place is not in the value.
    [[nodiscard]] Result<Octets> record(Position position) const;

  private:
    Position first_ = 0;
    std::uint32_t count_ = 0;
    Octets value_;
};

}  // namespace certledger::store::lmdb
