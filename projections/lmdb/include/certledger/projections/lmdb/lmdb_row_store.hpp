// Role: the rows of the views in an LMDB environment of their own, apart from the log.
#pragma once

#include <certledger/projections/row_store.hpp>
#include <filesystem>

namespace certledger::projections::lmdb {

/// Durability: commits are not written to the disk one by one, because everything here can be made again from
/// the log. What is lost is lost as a whole: a marker beside the data says in which boot of the machine they
/// were written and whether they were closed and on the disk; after a crash of the machine (not of a process)
/// the data are thrown away unseen, and the next catch_up makes them anew.
/// Threads and processes: any number; commits wait for each other. A thread must not commit while it holds a
/// snapshot. Lifetime: outlives snapshots and the stores that begin_beside gave.
class LmdbRowStore final : public RowStore {
  public:
    /// How much is walked through before the file is used: a large one not each time a command opens it. The
    /// rows are a copy, a fault in LMDB is caught, and `views verify` compares everything.
    enum class Look { small, all };

    /// Opens or makes `folder` (mode 0700) with `views.mdb`, its lock file and `marker`. Files that are found
    /// damaged are thrown away and made anew, and so are rows of another schema that nobody else has open.
    /// outside: the folder cannot be made or written. damaged: the files are, and another process has them
    /// open.
    [[nodiscard]] static Result<std::unique_ptr<LmdbRowStore>> open(const std::filesystem::path& folder,
                                                                    Look look = Look::small);
    ~LmdbRowStore() override;

    [[nodiscard]] std::shared_ptr<const RowReader> snapshot() const override;
    [[nodiscard]] Result<void> commit(const MemoryRows& changes, Checkpoint expected) override;
    [[nodiscard]] Result<void> reset() override;
    [[nodiscard]] Result<std::unique_ptr<RowStore>> begin_beside() override;
    /// In a folder of its own, which goes with it; what a process that was killed left goes with the next
    /// that is alone.
    [[nodiscard]] Result<std::unique_ptr<RowStore>> begin_scratch() override;
    [[nodiscard]] Result<std::unique_ptr<RowLoader>> begin_load(std::size_t lanes, std::size_t room) override;
    [[nodiscard]] Result<void> complete() override;
    [[nodiscard]] Result<void> adopt(RowStore& beside) override;

  private:
    struct Shared;
    LmdbRowStore(std::shared_ptr<Shared> shared, std::optional<char> generation);

    std::shared_ptr<Shared> shared_;
    std::optional<char> generation_;  ///< The one that is filled beside; empty for the live one.
    bool complete_ = true;            ///< False: commits leave the indexes to complete().
    std::filesystem::path scratch_;   ///< To be removed at the end.
};

}  // namespace certledger::projections::lmdb
