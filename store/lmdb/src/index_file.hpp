// Role: the index's environment, `index.mdb`: where the records of a stream or key stand, and the tree's
// tiles. Only a cache of the log up to a position: it can be deleted, and is made again when it does not fit
// the log.
//
//   database `runs`      id of the run (integer key) -> index_run.hpp, newest last
//   database `segments`  id of the run, number of the segment, both big-endian -> index_run.hpp
//   database `tiles`     level (1 octet), number of the tile (8, big-endian) -> u32 CRC-32C, hashes; from
//   level 1 unnamed, `state`     u32 CRC-32C of the rest, u32 version, u64 id of the next run, leaf hash of
//   the last
//                        record, the tree's right edge at that position
#pragma once

#include <certledger/store/lmdb/environment.hpp>

#include "index_run.hpp"
#include "tail_tree.hpp"

namespace certledger::store::lmdb {

struct IndexTuning {
    unsigned fan_in = 4;                                      ///< Runs of one size that are merged.
    std::uint64_t run_entries_max = std::uint64_t{4} << 20U;  ///< Larger ones are left alone.
    bool durable = true;
};

/// How far the index has come.
struct IndexState {
    std::uint64_t next_run = 1;
    events::Digest last_leaf{};  ///< Of the record at position(); zeros at 0.
    tlog::RightEdge edge;

    [[nodiscard]] Position position() const { return edge.size(); }
    friend bool operator==(const IndexState&, const IndexState&) = default;
};

/// The runs of one snapshot, with the places of their segments as they become known. Threads: any.
struct IndexView {
    std::uint64_t snapshot = 0;
    std::uint64_t map_generation = 0;
    IndexState state;
    std::vector<Run> runs;  ///< Newest first.
    /// For each run and segment where its entries lie, once they were checked.
    std::vector<std::unique_ptr<std::atomic<const std::uint8_t*>[]>> places;
};

/// Threads: reading any; flush, merge and reset one at a time. Other processes may do the same at any time.
/// Errors of all functions: damaged when something stored does not hold (reset() then makes it good), outside
/// when the disk does not give what is needed.
class IndexFile {
  public:
    /// Makes the file when it is not there. Unless `read_only`, a damaged file is thrown away.
    [[nodiscard]] static Result<IndexFile> open(const std::filesystem::path& file, bool read_only,
                                                const IndexTuning& tuning);

    [[nodiscard]] Result<ReadTransaction> read() const { return environment_->read(); }
    [[nodiscard]] Environment& environment() const { return *environment_; }

    [[nodiscard]] Result<std::shared_ptr<const IndexView>> view(const ReadTransaction& transaction) const;
    /// Whether the view is that of the transaction's snapshot.
    [[nodiscard]] bool is_current(const IndexView& view, const ReadTransaction& transaction) const;

    /// Positions below `below` of records that may carry the name with that hash, newest first, at most
    /// `limit`. The view must be current. Runs that end at or below `above` are left out.
    [[nodiscard]] Result<std::vector<Position>> candidates(const ReadTransaction& transaction,
                                                           const IndexView& view, std::uint64_t hash,
                                                           Position below, Position above,
                                                           std::size_t limit) const;

    /// The hashes of a stored tile, level from 1; empty when there is none.
    [[nodiscard]] Result<events::Bytes> tile(const ReadTransaction& transaction, unsigned level,
                                             std::uint64_t index) const;

    /// Takes the tail in: a new run and the tiles, in one transaction. False, with nothing done, when the
    /// index is not at `before` any more because another process was faster.
    [[nodiscard]] Result<bool> flush(const IndexState& before, const TailTable& table, const TailTree& tree,
                                     const events::Digest& last_leaf);
    /// Merges runs that have become many of one size. False when there was nothing to merge.
    [[nodiscard]] Result<bool> merge();
    /// Forgets everything.
    [[nodiscard]] Result<void> reset();

  private:
    IndexFile(std::unique_ptr<Environment> environment, const IndexTuning& tuning)
        : environment_(std::move(environment)), tuning_(tuning) {}
    [[nodiscard]] static Result<IndexFile> attach(const EnvironmentOptions& options,
                                                  const IndexTuning& tuning);
    [[nodiscard]] Result<IndexState> state(const Transaction& transaction) const;
    [[nodiscard]] Result<void> write_state(WriteTransaction& transaction, const IndexState& state) const;
    [[nodiscard]] Result<SegmentView> segment(const ReadTransaction& transaction, const IndexView& view,
                                              std::size_t run, std::size_t segment) const;
    [[nodiscard]] Result<void> write_tiles(WriteTransaction& transaction, const TailTree& tree) const;
    [[nodiscard]] Result<void> merge_into(WriteTransaction& transaction, std::span<const Run> runs,
                                          std::uint64_t id) const;
    [[nodiscard]] Result<void> erase_run(WriteTransaction& transaction, const Run& run) const;
    [[nodiscard]] Result<std::vector<Run>> runs(const Transaction& transaction) const;

    std::unique_ptr<Environment> environment_;
    IndexTuning tuning_;
    Database runs_;
    Database segments_;
    Database tiles_;
};

}  // namespace certledger::store::lmdb
