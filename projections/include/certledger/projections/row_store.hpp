// Role: where rows are kept between queries, and the one in memory.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/projections/memory_rows.hpp>
#include <memory>
#include <mutex>
#include <string>

namespace certledger::projections {

/// Takes the rows of a whole log, account by account. Accounts are dealt out in parts: all of one part come
/// before all of the next, in the order of their names' octets, and so do those within a part. Parts are
/// counted from 0 and may be made at the same time.
/// Threads: lanes are for one thread each, all at once; finish() once they are done.
class RowLoader {
  public:
    RowLoader() = default;
    RowLoader(const RowLoader&) = delete;
    RowLoader& operator=(const RowLoader&) = delete;
    virtual ~RowLoader() = default;

    /// Takes over the rows of the next account of a part; rows without a base. outside: no room left.
    [[nodiscard]] virtual Result<void> add(std::size_t lane, const MemoryRows& rows) = 0;
    /// What the lane has added since the last time is this part. Parts may end in any order; those that come
    /// before their turn are kept in memory. outside: no room left, be it for another part.
    [[nodiscard]] virtual Result<void> end_part(std::size_t lane, std::size_t part) = 0;
    /// All rows are there: they are complete (see RowStore::complete) with this checkpoint. outside: no room
    /// left; the rows are then to be thrown away.
    [[nodiscard]] virtual Result<void> finish(Checkpoint checkpoint) = 0;
};

/// Rows with the position that they were folded up to. Two implementations pass one contract suite:
/// MemoryRowStore and lmdb::LmdbRowStore.
/// Durability: rows and checkpoint change together or not at all; what was committed may be lost as a whole
/// with the machine, never in part. Threads: every function from any thread; commits are put one after
/// another.
class RowStore {
  public:
    RowStore() = default;
    RowStore(const RowStore&) = delete;
    RowStore& operator=(const RowStore&) = delete;
    virtual ~RowStore() = default;

    /// The rows as they are now; empty when there are none of this program's schema.
    [[nodiscard]] virtual std::shared_ptr<const RowReader> snapshot() const = 0;

    /// Takes the changes over, if the checkpoint still is `expected`. ErrorKind::conflict: it is not; nothing
    /// changed. ErrorKind::outside: no room left; nothing changed.
    [[nodiscard]] virtual Result<void> commit(const MemoryRows& changes, Checkpoint expected) = 0;

    /// Throws all rows away: an empty set of this program's schema with checkpoint 0.
    [[nodiscard]] virtual Result<void> reset() = 0;

    /// An empty set of rows beside the live one, to be filled, completed and then taken by adopt(). Ends
    /// before this.
    [[nodiscard]] virtual Result<std::unique_ptr<RowStore>> begin_beside() = 0;

    /// The same for rows that only this object ever sees, gone with it.
    [[nodiscard]] virtual Result<std::unique_ptr<RowStore>> begin_scratch() = 0;

    /// A loader for rows of begin_beside() and begin_scratch() that are still empty; ends before them. Of
    /// what it has to sort it keeps about `room` octets in memory; whatever is more stands in files
    /// meanwhile.
    [[nodiscard]] virtual Result<std::unique_ptr<RowLoader>> begin_load(std::size_t lanes,
                                                                        std::size_t room) = 0;

    /// Rows of begin_beside() and begin_scratch() may be without indexes, which then cost nothing while they
    /// are filled: only a fold may read them. This makes the indexes; from then on commits keep them.
    /// ErrorKind::outside: no room left; they are still without.
    [[nodiscard]] virtual Result<void> complete() = 0;

    /// Makes the rows of `beside` the live ones in one step. ErrorKind::conflict: the live rows have a later
    /// checkpoint; fold on and try again.
    [[nodiscard]] virtual Result<void> adopt(RowStore& beside) = 0;
};

class MemoryRowStore final : public RowStore {
  public:
    MemoryRowStore();
    [[nodiscard]] std::shared_ptr<const RowReader> snapshot() const override;
    [[nodiscard]] Result<void> commit(const MemoryRows& changes, Checkpoint expected) override;
    [[nodiscard]] Result<void> reset() override;
    [[nodiscard]] Result<std::unique_ptr<RowStore>> begin_beside() override;
    [[nodiscard]] Result<std::unique_ptr<RowStore>> begin_scratch() override { return begin_beside(); }
    [[nodiscard]] Result<std::unique_ptr<RowLoader>> begin_load(std::size_t lanes, std::size_t room) override;
    [[nodiscard]] Result<void> complete() override { return {}; }
    [[nodiscard]] Result<void> adopt(RowStore& beside) override;

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<MemoryRows> rows_;
};

/// The fingerprint of everything that a stored row depends on: the fields of every row, the indexes, and the
/// version of the fold. 16 hexadecimal digits. Rows with another fingerprint are made anew.
[[nodiscard]] const std::string& rows_fingerprint();

}  // namespace certledger::projections
