// Role: the inside of LmdbStore: the log, the index and the tail between them.
//
// The tail is what the log has behind the index, in memory. A look-up asks the tail, then the
// ends of streams that are kept in memory, then the index's runs, newest first; the first record that bears
// the name is the stream's last. `writer_` puts everything that moves one of them one after another;
// `tail_mutex_` is held for writing only while memory changes, never while somebody is waited for.
#pragma once

#include <certledger/store/lmdb/lmdb_store.hpp>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "head_cache.hpp"
#include "index_file.hpp"
#include "log_file.hpp"

namespace certledger::store::lmdb {

class LmdbStore::Core {
  public:
    Core(LogFile log, std::optional<IndexFile> index, std::filesystem::path index_path,
         const LmdbStoreOptions& options);
    ~Core();

    /// Throws away an index that does not fit the log, and takes up where it is.
    [[nodiscard]] Result<void> begin();

    using Outcome = Result<std::vector<Stored>>;
    /// As in EventStore, into `outcomes`, one for each; appends share a commit as long as they fit one.
    void append_all(std::span<const Append> appends, std::span<Outcome> outcomes);
    /// Version 0 when there is no such stream.
    [[nodiscard]] Result<StreamHead> stream_head(std::string_view stream);
    /// Positions below `below` of records that may carry the key, newest first; some hundreds at most, none
    /// when there are no more.
    [[nodiscard]] Result<std::vector<Position>> key_candidates(std::string_view key, Position below);
    [[nodiscard]] bool carries(const events::RecordView& record, std::string_view key) const;

    /// Makes tile() good for the tree of that size; not_found when the log is shorter.
    [[nodiscard]] Result<void> cover_tree(std::uint64_t size);
    [[nodiscard]] Result<events::Bytes> tile(unsigned level, std::uint64_t index) const;
    [[nodiscard]] Result<IndexStats> index_stats() const;

    [[nodiscard]] const LogFile& log() const { return log_; }

    /// Runs a look-up, and once more after the index was made again when it was damaged.
    template <class LookUp>
    [[nodiscard]] std::invoke_result_t<LookUp&> with_index(LookUp&& look_up) {
        auto outcome = look_up();
        if (outcome || !index_is_damaged(outcome.error())) return outcome;
        {
            const std::lock_guard lock(writer_);
            if (auto rebuilt = rebuild_index(); !rebuilt) return tl::make_unexpected(rebuilt.error());
        }
        return look_up();
    }

  private:
    struct Tail {
        IndexState begin;    ///< Where the index stood when the tail began.
        TailTable table{0};  ///< Of the records behind it, up to `end`.
        TailTree tree;       ///< Of the same records; may be behind `end`.
        Position end = 0;
        std::uint64_t weight = 0;  ///< Records and keys in `table`.
    };
    /// One append of a commit, and where its outcome goes.
    struct Step {
        const Append* append = nullptr;
        Outcome* outcome = nullptr;
    };
    /// A commit that needs only to be written, if the log's end is still where it was planned on.
    struct Ready {
        AppendPlan plan;
        /// For each append where its records end in the plan, or why it has none.
        std::vector<Result<std::size_t>> ends;
        LogEnd end;
        std::optional<TailTree::Growth> growth;  ///< When the tail's tree is not behind.
    };

    // With writer_ held.
    [[nodiscard]] Result<void> catch_up();
    [[nodiscard]] Result<void> fold(const Transaction& transaction, Position to);
    [[nodiscard]] Result<void> grow_tree();
    void write_step(std::span<const Step> step);
    [[nodiscard]] Result<void> write_once(std::span<const Step> step);
    [[nodiscard]] Result<Ready> prepare(std::span<const Step> step, LogEnd end) const;
    void prefetch(std::span<const Step> step, std::size_t records) const;
    static void hand_out(std::span<const Step> step, const Ready& ready);
    void take(Ready ready);
    void add_to_table(const events::RecordView& record);
    void start_tail(IndexState begin);
    [[nodiscard]] Result<void> flush();
    void flush_if_due(std::uint64_t at) noexcept;
    [[nodiscard]] Result<void> restart_tail();
    [[nodiscard]] Result<void> rebuild_index();
    [[nodiscard]] Result<bool> index_fits_log() const;

    // With writer_ or tail_mutex_ held.
    [[nodiscard]] Result<StreamHead> find_stream(std::string_view stream) const;
    [[nodiscard]] Result<StreamHead> find_stream_in_index(std::string_view stream) const;
    [[nodiscard]] Result<Position> newest(std::string_view key, Position above) const;
    [[nodiscard]] Result<std::vector<Position>> in_index(std::uint64_t hash, Position below, Position above,
                                                         std::size_t limit) const;
    [[nodiscard]] Result<std::shared_ptr<const IndexView>> view_of(const ReadTransaction& transaction) const;

    [[nodiscard]] Result<events::Bytes> leaf_hashes(std::uint64_t tile) const;
    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] bool index_is_damaged(const Error& error) const;
    [[nodiscard]] bool may_flush() const { return index_.has_value() && !options_.read_only; }

    LogFile log_;
    std::optional<IndexFile> index_;  ///< Nothing: read-only, and there is none; the tail is everything then.
    const std::filesystem::path index_path_;
    const LmdbStoreOptions options_;

    mutable std::mutex writer_;
    mutable std::shared_mutex tail_mutex_;
    Tail tail_;
    HeadCache heads_;                        ///< Of the tail's streams, and of those before it that were met.
    std::uint64_t flush_not_before_ = 0;     ///< After a flush that failed: the weight at which to try again.
    mutable std::vector<std::string> keys_;  ///< Room for KeysOf; writer_.

    mutable std::mutex view_mutex_;
    mutable std::shared_ptr<const IndexView> view_;
};

}  // namespace certledger::store::lmdb
