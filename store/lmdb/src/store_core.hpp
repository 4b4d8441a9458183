// Role: the inside of LmdbStore: the log, the index and the tail between them.
//
// The tail is what the log has behind the index, in memory. Once it is long enough it is closed and a new one
// begins; a thread of its own writes the closed one into the index, behind the log, and fills the tables of
// both from the log, so that an append only moves ends of streams and the tree. A look-up asks the ends of
// streams that are kept in memory, then both tails, then the index's runs, newest first; the first record
// that bears the name is the stream's last.
//
// Locks, in the order in which they are taken:
//   writer_         whoever appends, follows the log, closes a tail or starts over
//   indexing_       whoever changes the index's file; the thread holds it while it writes and merges
//   filling_        whoever fills a table, or replaces a tail or the closed one
//   tail_mutex_     for writing only while memory changes, never while somebody is waited for
//   indexer_mutex_  what the thread is asked for and how it went
#pragma once

#include <certledger/store/lmdb/lmdb_store.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>

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
    /// Waits until what is on its way into the index is there.
    [[nodiscard]] Result<IndexStats> index_stats();

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
        IndexState begin;    ///< Where the index stands, or will, when all before it is written.
        TailTable table{0};  ///< Of the records behind it; may be behind `end`.
        TailTree tree;       ///< Of the same records; may be behind `end` too, but not in a closed tail.
        Position end = 0;

        [[nodiscard]] Position count() const { return end - begin.position(); }
    };
    /// How the closed tail got on.
    enum class Indexed { nothing, under_way, written, overtaken, damaged, failed };
    /// One append of a commit, and where its outcome goes.
    struct Step {
        const Append* append = nullptr;
        Outcome* outcome = nullptr;
        std::size_t octets = 0;
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
    [[nodiscard]] Result<Ready> prepare(std::span<const Step> step, LogEnd end);
    void prefetch(std::span<const Step> step, std::size_t records) const;
    static void hand_out(std::span<const Step> step, const Ready& ready);
    void take(Ready ready);
    void start_tail(IndexState begin);
    [[nodiscard]] Result<void> restart_tail();
    [[nodiscard]] Result<void> rebuild_index();
    [[nodiscard]] Result<bool> index_fits_log() const;
    [[nodiscard]] Result<StreamHead> find_stream(std::string_view stream, const NamePrint& print) const;
    [[nodiscard]] Result<Position> newest(std::string_view key, Position above);
    void index_if_due() noexcept;
    bool close_tail_if_due(Position at) noexcept;
    [[nodiscard]] Result<void> close_tail();
    void ask_indexer();
    void make_good();

    // With filling_ held.
    [[nodiscard]] Result<void> fill_tables(Position to);

    // The indexer's thread, and when that is not there any more the destructor.
    void run_indexer();
    Indexed write_closed_tail() noexcept;
    [[nodiscard]] Result<Indexed> write_closed_tail(const std::shared_ptr<Tail>& closed);
    [[nodiscard]] std::size_t spare_wanted() const;
    void make_spare() noexcept;
    void merge_runs() noexcept;
    void fill_ahead() noexcept;
    void say(Indexed how);

    // With filling_ or tail_mutex_ held.
    [[nodiscard]] const IndexState& index_reached() const { return closed_ ? closed_->begin : tail_.begin; }
    [[nodiscard]] Result<StreamHead> find_stream_in_index(std::string_view stream) const;
    [[nodiscard]] Result<std::vector<Position>> in_index(std::uint64_t hash, Position below, Position above,
                                                         std::size_t limit) const;

    [[nodiscard]] Position tail_end() const;
    [[nodiscard]] Result<std::shared_ptr<const IndexView>> view_of(const ReadTransaction& transaction) const;
    [[nodiscard]] Result<events::Bytes> leaf_hashes(std::uint64_t tile) const;
    [[nodiscard]] Result<void> refresh();
    [[nodiscard]] bool index_is_damaged(const Error& error) const;
    [[nodiscard]] bool may_index() const { return index_.has_value() && !options_.read_only; }

    LogFile log_;
    std::optional<IndexFile> index_;  ///< Nothing: read-only, and there is none; the tail is everything then.
    const std::filesystem::path index_path_;
    const LmdbStoreOptions options_;

    mutable std::mutex writer_;
    mutable std::mutex indexing_;
    mutable std::mutex filling_;
    mutable std::shared_mutex tail_mutex_;
    Tail tail_;
    std::shared_ptr<Tail> closed_;  ///< Once its table is full it never changes; nothing: none is waiting.
    HeadCache heads_;               ///< Of the streams of both tails, and of those before them that were met.
    AppendPlan spare_;              ///< Memory for the next plan; writer_.
    Position asked_at_ = 0;         ///< Where the log ended when the indexer was last asked; writer_.

    mutable std::mutex indexer_mutex_;
    std::condition_variable indexer_changed_;
    bool asked_ = false;
    bool busy_ = false;
    bool ending_ = false;
    Indexed indexed_ = Indexed::nothing;
    std::thread indexer_;  ///< Begun when there is something to do for it; writer_.

    mutable std::mutex view_mutex_;
    mutable std::shared_ptr<const IndexView> view_;
};

}  // namespace certledger::store::lmdb
