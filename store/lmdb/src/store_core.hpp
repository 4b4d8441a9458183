// Role: the inside of LmdbStore: the log, the index and the tail between them.
//
// The tail is what the log has behind the index, in memory. A look-up asks the tail, then what the tail was
// before its last flush, then the index's runs, newest first; the first record that bears the name is the
// stream's last. `writer_` puts everything that moves one of them one after another; `tail_mutex_` is held
// for writing only while memory changes, never while somebody is waited for.
#pragma once

#include <certledger/store/lmdb/lmdb_store.hpp>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "index_file.hpp"
#include "log_file.hpp"

namespace certledger::store::lmdb {

class LmdbStore::Core {
  public:
    Core(LogFile log, std::optional<IndexFile> index, const LmdbStoreOptions& options);
    ~Core();

    /// Throws away an index that does not fit the log, and takes up where it is.
    [[nodiscard]] Result<void> begin();

    [[nodiscard]] Result<std::vector<Stored>> append(const Append& append);
    [[nodiscard]] Result<StreamHead> stream_head(std::string_view stream);
    /// Positions of records that may carry the key, newest first, below `below`; at most some hundreds.
    [[nodiscard]] Result<std::vector<Position>> key_candidates(std::string_view key, Position below);
    [[nodiscard]] Result<events::Bytes> tile(unsigned level, std::uint64_t index);
    /// Makes tile() good for the tree of that size; not_found when the log is shorter.
    [[nodiscard]] Result<void> cover_tree(std::uint64_t size);
    [[nodiscard]] Result<IndexStats> index_stats();

    [[nodiscard]] const LogFile& log() const { return log_; }
    [[nodiscard]] KeysOf keys_of() const { return options_.keys_of; }

  private:
    struct Tail {
        TailTable table;
        TailTree tree;         ///< Of the records behind the index; may be behind `end`.
        Position end = 0;      ///< The last record that `table` knows.
        std::uint64_t weight = 0;  ///< Records and keys in `table`.
    };

    // With writer_ held.
    [[nodiscard]] Result<void> catch_up();
    [[nodiscard]] Result<void> fold(const Transaction& transaction, Position to, bool may_flush);
    [[nodiscard]] Result<void> grow_tree(const Transaction& transaction);
    void take(const AppendPlan& plan);
    void add_to_table(const events::RecordView& record);
    [[nodiscard]] Result<void> flush();
    void flush_if_due();
    [[nodiscard]] Result<void> restart_tail();
    [[nodiscard]] Result<void> rebuild_index();
    [[nodiscard]] Result<std::shared_ptr<const IndexView>> load_view() const;
    [[nodiscard]] Result<AppendPlan> plan(const Append& append, const LogEnd& end);
    [[nodiscard]] Result<std::vector<Stored>> append_once(const Append& append);

    // With tail_mutex_ held at least for reading, or writer_.
    [[nodiscard]] Result<StreamHead> find_stream(std::string_view stream) const;
    [[nodiscard]] Result<Position> newest(std::string_view key, Position above) const;
    [[nodiscard]] Result<std::vector<Position>> in_index(std::uint64_t hash, Position below, Position above,
                                                         std::size_t limit) const;
    [[nodiscard]] Result<bool> carries(const events::RecordView& record, std::string_view key) const;

    /// Runs a look-up, and once more after the index was made again when it is damaged.
    template <class LookUp>
    [[nodiscard]] auto with_index(LookUp&& look_up) -> std::invoke_result_t<LookUp&>;
    [[nodiscard]] Result<void> refresh();

    LogFile log_;
    std::optional<IndexFile> index_;  ///< Nothing: read-only, and there is none; the tail is everything then.
    const LmdbStoreOptions options_;

    std::mutex writer_;
    mutable std::shared_mutex tail_mutex_;
    Tail tail_;
    TailTable recent_;  ///< The tail's table before the last flush.
    mutable std::shared_ptr<const IndexView> view_;
    std::uint64_t flush_again_at_ = 0;  ///< After a flush that failed: not before the tail has this weight.
    std::vector<std::string> keys_;     ///< Room for KeysOf.
};

/// Errors of the index that reset() can make good, told from damage of the log by where they come from.
[[nodiscard]] bool index_is_damaged(const Error& error);

}  // namespace certledger::store::lmdb
