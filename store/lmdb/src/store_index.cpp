#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/hash.hpp>

#include "store_core.hpp"

namespace certledger::store::lmdb {
namespace {

/// Records that go into a table while readers of the tail wait.
constexpr Position kFillBatch = 512;
/// Records by which a table may be behind before the indexer is asked to fill it.
constexpr Position kFillGap = 4096;
/// The open tail grows to so many times its size while the closed one is written; then appends wait for it.
constexpr Position kTailsMost = 4;

/// What a batch of records adds to a table. Made while the log is read, given when it no longer is: who waits
/// for the tail inside a snapshot could be waited for in turn by whoever makes the map larger.
class TableBatch {
  public:
    explicit TableBatch(KeysOf keys_of) : keys_of_(keys_of) {}

    void add(const events::RecordView& record) {
        if (keys_of_ != nullptr) keys_of_(record, keys_);
        names_ += record.stream;
        records_.push_back({record.position, record.previous, names_.size(), keys_.size()});
    }
    void give(TailTable& table) const {
        std::size_t name = 0;
        std::size_t key = 0;
        for (const Record& record : records_) {
            table.add_stream(std::string_view(names_).substr(name, record.name_end - name), record.position,
                             record.previous);
            name = record.name_end;
            for (; key < record.keys_end; ++key) table.add_key(keys_[key], record.position);
        }
    }
    void clear() {
        records_.clear();
        names_.clear();
        keys_.clear();
    }

  private:
    struct Record {
        Position position = 0;
        Position previous = 0;
        std::size_t name_end = 0;  ///< Of the stream, in names_.
        std::size_t keys_end = 0;  ///< Behind the last of its keys in keys_.
    };
    KeysOf keys_of_;
    std::vector<Record> records_;
    std::string names_;
    std::vector<std::string> keys_;
};

Result<void> read_batch(const LogFile& log, Position from, Position to, TableBatch& batch) {
    const auto transaction = log.environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto reader = LogReader::over(*transaction, log.commits());
    if (!reader) return tl::make_unexpected(reader.error());
    batch.clear();
    for (Position position = from; position <= to; ++position) {
        const auto octets = reader->octets(position);
        if (!octets) return tl::make_unexpected(octets.error());
        const auto record = reader->record(position, *octets);
        if (!record) return tl::make_unexpected(record.error());
        batch.add(*record);
    }
    return {};
}

}  // namespace

// ---- filling the tables --------------------------------------------------------------------------------

Result<void> LmdbStore::Core::fill_tables(Position to) {
    TableBatch batch(options_.keys_of);
    for (;;) {
        const bool of_closed = closed_ && closed_->table.end() < closed_->end;
        TailTable& table = of_closed ? closed_->table : tail_.table;
        const Position stop = std::min({to, table.end() + kFillBatch, of_closed ? closed_->end : to});
        if (table.end() >= stop) return {};
        if (auto read = read_batch(log_, table.end() + 1, stop, batch); !read) return read;
        const std::unique_lock lock(tail_mutex_);
        batch.give(table);
    }
}

void LmdbStore::Core::fill_ahead() noexcept {
    // What cannot be read now is read when it is needed, and whoever needs it is told.
    try {
        for (bool more = true; more;) {
            const Position to = tail_end();
            const std::lock_guard filling(filling_);
            const Position from = tail_.table.end();
            if (!fill_tables(std::min(to, from + kFillBatch))) return;
            more = tail_.table.end() != from && tail_.table.end() < to;
        }
    } catch (const std::exception&) {
    }
}

// ---- from the tail into the index ----------------------------------------------------------------------

Result<void> LmdbStore::Core::close_tail() {
    if (auto grown = grow_tree(); !grown) return grown;
    IndexState reached;
    {
        const auto transaction = log_.environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto reader = LogReader::over(*transaction, log_.commits());
        if (!reader) return tl::make_unexpected(reader.error());
        const auto octets = reader->octets(tail_.end);
        if (!octets) return tl::make_unexpected(octets.error());
        reached.last_leaf = tlog::leaf_hash(*octets);
    }
    reached.edge = tail_.tree.edge();
    Tail fresh;
    fresh.table = TailTable(tail_.end, options_.index_hash_mask);
    fresh.tree = TailTree(reached.edge);
    fresh.end = tail_.end;
    fresh.begin = std::move(reached);
    const std::lock_guard filling(filling_);
    const std::unique_lock lock(tail_mutex_);
    closed_ = std::make_shared<Tail>(std::move(tail_));
    tail_ = std::move(fresh);
    return {};
}

/// Whether a tail was closed just now.
bool LmdbStore::Core::close_tail_if_due(Position at) noexcept {
    try {
        if (!may_index() || tail_.count() < std::max<Position>(at, 1)) return false;
        if (const std::shared_lock lock(tail_mutex_); closed_) return false;
        return close_tail().has_value();
    } catch (const std::exception&) {
        return false;
    }
}

/// What was appended is in the log already: whatever fails here only makes look-ups slower.
void LmdbStore::Core::index_if_due() noexcept {
    if (!may_index()) return;
    try {
        make_good();
        const bool closed = close_tail_if_due(options_.flush_at);
        if (closed || tail_.end - asked_at_ >= kFillGap || spare_wanted() > 0) ask_indexer();
        if (tail_.count() < kTailsMost * options_.flush_at) return;
        std::unique_lock lock(indexer_mutex_);
        indexer_changed_.wait(lock, [this] { return indexed_ != Indexed::under_way; });
    } catch (const std::exception&) {
    }
}

/// After something went wrong with the closed tail.
void LmdbStore::Core::make_good() {
    Indexed how = Indexed::nothing;
    {
        const std::lock_guard lock(indexer_mutex_);
        how = indexed_;
        if (how == Indexed::overtaken || how == Indexed::damaged) indexed_ = Indexed::nothing;
    }
    if (how == Indexed::overtaken) static_cast<void>(restart_tail());
    if (how == Indexed::damaged) static_cast<void>(rebuild_index());
}

/// It also tries again to write a tail that could not be written.
void LmdbStore::Core::ask_indexer() {
    if (!indexer_.joinable()) indexer_ = std::thread([this] { run_indexer(); });
    asked_at_ = tail_.end;
    const bool waiting = [this] {
        const std::shared_lock lock(tail_mutex_);
        return closed_ != nullptr;
    }();
    {
        const std::lock_guard lock(indexer_mutex_);
        asked_ = true;
        if (waiting) indexed_ = Indexed::under_way;
    }
    indexer_changed_.notify_all();
}

// ---- the indexer's thread ------------------------------------------------------------------------------

void LmdbStore::Core::run_indexer() {
    std::unique_lock lock(indexer_mutex_);
    for (;;) {
        indexer_changed_.wait(lock, [this] { return asked_ || ending_; });
        if (ending_) break;
        asked_ = false;
        busy_ = true;
        bool again = true;
        while (again && !ending_) {
            lock.unlock();
            make_spare();
            const Indexed how = write_closed_tail();
            say(how);
            if (how == Indexed::written) merge_runs();
            fill_ahead();
            // Long enough again meanwhile, and perhaps nobody appends any more who would see to it. Whoever
            // appends just now does, and may be waiting for this thread.
            again = false;
            if (const std::unique_lock writer(writer_, std::try_to_lock); writer.owns_lock())
                again = how == Indexed::written && close_tail_if_due(options_.flush_at);
            lock.lock();
            if (again) indexed_ = Indexed::under_way;
        }
        busy_ = false;
        indexer_changed_.notify_all();
    }
    busy_ = false;
    asked_ = false;
    if (indexed_ == Indexed::under_way) indexed_ = Indexed::failed;
    indexer_changed_.notify_all();
}

std::size_t LmdbStore::Core::spare_wanted() const {
    const std::shared_lock lock(tail_mutex_);
    return heads_.spare_wanted();
}

void LmdbStore::Core::make_spare() noexcept {
    try {
        const std::size_t wanted = spare_wanted();
        if (wanted == 0) return;
        auto spare = HeadCache::make_spare(wanted);
        const std::unique_lock lock(tail_mutex_);
        heads_.keep(std::move(spare));
    } catch (const std::exception&) {
        // It is made when it is needed.
    }
}

void LmdbStore::Core::say(Indexed how) {
    {
        const std::lock_guard lock(indexer_mutex_);
        indexed_ = how;
    }
    indexer_changed_.notify_all();
}

LmdbStore::Core::Indexed LmdbStore::Core::write_closed_tail() noexcept {
    try {
        std::shared_ptr<Tail> closed;
        {
            const std::shared_lock lock(tail_mutex_);
            closed = closed_;
        }
        if (!closed) return Indexed::nothing;
        const auto how = write_closed_tail(closed);
        if (how) return *how;
        return index_is_damaged(how.error()) ? Indexed::damaged : Indexed::failed;
    } catch (const std::exception&) {
        return Indexed::failed;
    }
}

Result<LmdbStore::Core::Indexed> LmdbStore::Core::write_closed_tail(const std::shared_ptr<Tail>& closed) {
    events::Digest last_leaf{};
    for (bool full = false; !full;) {
        // In steps, so that whoever needs a table now need not wait for all of it.
        const std::lock_guard filling(filling_);
        if (closed_ != closed) return Indexed::nothing;
        if (auto filled = fill_tables(std::min(closed->end, closed->table.end() + kFillBatch)); !filled)
            return tl::make_unexpected(filled.error());
        full = closed->table.end() == closed->end;
        last_leaf = tail_.begin.last_leaf;
    }
    const std::lock_guard indexing(indexing_);
    if (!index_) return Indexed::nothing;
    const auto flushed = index_->flush(closed->begin, closed->table, closed->tree, last_leaf);
    if (!flushed) return tl::make_unexpected(flushed.error());
    if (!*flushed) return Indexed::overtaken;
    const std::lock_guard filling(filling_);
    const std::unique_lock lock(tail_mutex_);
    if (closed_ == closed) closed_.reset();
    return Indexed::written;
}

void LmdbStore::Core::merge_runs() noexcept {
    try {
        const std::lock_guard indexing(indexing_);
        while (index_) {
            const auto merged = index_->merge();
            if (!merged || !*merged) return;
        }
    } catch (const std::exception&) {
    }
}

// ---- what the index holds ------------------------------------------------------------------------------

Result<std::shared_ptr<const IndexView>> LmdbStore::Core::view_of(const ReadTransaction& transaction) const {
    const std::lock_guard lock(view_mutex_);
    if (view_ && index_->is_current(*view_, transaction)) return view_;
    auto loaded = index_->view(transaction);
    if (loaded) view_ = *loaded;
    return loaded;
}

Result<std::vector<Position>> LmdbStore::Core::in_index(std::uint64_t hash, Position below, Position above,
                                                        std::size_t limit) const {
    const Position reached = index_reached().position();
    if (!index_ || reached == 0) return std::vector<Position>{};
    const auto transaction = index_->read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto view = view_of(*transaction);
    if (!view) return tl::make_unexpected(view.error());
    // Somebody else has begun it anew: what stands between its end and the tails would be taken for missing.
    if ((*view)->state.position() < reached) {
        return fail(ErrorKind::damaged, "index: ends at position " +
                                            std::to_string((*view)->state.position()) + ", it had reached " +
                                            std::to_string(reached));
    }
    return index_->candidates(*transaction, **view, hash, below, above, limit);
}

Result<LmdbStore::IndexStats> LmdbStore::Core::index_stats() {
    {
        std::unique_lock lock(indexer_mutex_);
        indexer_changed_.wait(lock, [this] { return !asked_ && !busy_; });
    }
    IndexStats stats;
    const std::shared_lock lock(tail_mutex_);
    if (!index_) return stats;
    const auto transaction = index_->read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto view = view_of(*transaction);
    if (!view) return tl::make_unexpected(view.error());
    stats.position = (*view)->state.position();
    stats.runs = (*view)->runs.size();
    for (const Run& run : (*view)->runs) stats.entries += run.entries;
    auto file = index_->environment().stats();
    if (!file) return tl::make_unexpected(file.error());
    stats.file = *file;
    return stats;
}

}  // namespace certledger::store::lmdb
