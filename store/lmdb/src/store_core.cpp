#include "store_core.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/hash.hpp>

namespace certledger::store::lmdb {
namespace {

/// Records that are folded while readers of the tail wait.
constexpr Position kFoldBatch = 256;

IndexTuning tuning_of(const LmdbStoreOptions& options) {
    return {options.index_fan_in, options.index_run_entries_max, options.durable};
}

}  // namespace

LmdbStore::Core::Core(LogFile log, std::optional<IndexFile> index, std::filesystem::path index_path,
                      const LmdbStoreOptions& options)
    : log_(std::move(log)),
      index_(std::move(index)),
      index_path_(std::move(index_path)),
      options_(options),
      heads_(options.heads_max) {
    start_tail({});
}

LmdbStore::Core::~Core() {
    const std::lock_guard lock(writer_);
    flush_not_before_ = 0;
    flush_if_due(options_.flush_on_close_at);
}

bool LmdbStore::Core::index_is_damaged(const Error& error) const {
    return error.kind == ErrorKind::damaged && index_.has_value() &&
           (error.message.starts_with("index: ") || error.message.starts_with(index_path_.string()));
}

// ---- beginning -----------------------------------------------------------------------------------------

void LmdbStore::Core::start_tail(IndexState begin) {
    Tail fresh;
    fresh.table = TailTable(begin.position(), options_.index_hash_mask);
    fresh.tree = TailTree(begin.edge);
    fresh.end = begin.position();
    fresh.begin = std::move(begin);
    const std::unique_lock lock(tail_mutex_);
    if (fresh.end == 0) {
        heads_.clear();
        heads_.begin_whole();
    }
    tail_ = std::move(fresh);
}

Result<void> LmdbStore::Core::begin() {
    const std::lock_guard lock(writer_);
    if (!index_) return {};
    const auto fits = index_fits_log();
    if (fits && *fits) return restart_tail();
    if (!fits && !index_is_damaged(fits.error())) return tl::make_unexpected(fits.error());
    if (options_.read_only) {
        index_.reset();
        return {};
    }
    return rebuild_index();
}

/// The index is read first: another process may append and flush in between.
Result<bool> LmdbStore::Core::index_fits_log() const {
    IndexState state;
    {
        const auto transaction = index_->read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        const auto view = view_of(*transaction);
        if (!view) return tl::make_unexpected(view.error());
        state = (*view)->state;
    }
    if (state.position() == 0) return true;
    const auto transaction = log_.environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto head = log_.head(*transaction);
    if (!head) return tl::make_unexpected(head.error());
    if (state.position() > head->position) return false;
    auto reader = LogReader::over(*transaction, log_.commits());
    if (!reader) return tl::make_unexpected(reader.error());
    const auto octets = reader->octets(state.position());
    if (!octets) return tl::make_unexpected(octets.error());
    // An older log that was put back and has grown on differs at the latest here.
    return tlog::leaf_hash(*octets) == state.last_leaf;
}

Result<void> LmdbStore::Core::restart_tail() {
    const Position tree_size = tail_.tree.size();
    IndexState state;
    {
        const auto transaction = index_->read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        const auto view = view_of(*transaction);
        if (!view) return tl::make_unexpected(view.error());
        state = (*view)->state;
    }
    {
        // Streams may have moved on in what this process has not read and now passes over.
        const std::unique_lock lock(tail_mutex_);
        if (state.position() > tail_.end) heads_.clear();
    }
    start_tail(std::move(state));
    if (tree_size <= tail_.tree.size()) return {};
    if (auto folded = catch_up(); !folded) return folded;
    return grow_tree();
}

Result<void> LmdbStore::Core::rebuild_index() {
    if (!index_) return {};
    if (!options_.read_only) {
        if (auto reset = index_->reset(); !reset) {
            // Not even that can be read. No reader is inside while the file is replaced.
            const std::unique_lock lock(tail_mutex_);
            index_.reset();
            std::error_code ignored;
            std::filesystem::remove(index_path_, ignored);
            std::filesystem::remove(index_path_.string() + "-lock", ignored);
            auto opened = IndexFile::open(index_path_, false, tuning_of(options_));
            if (!opened) return tl::make_unexpected(opened.error());
            index_.emplace(std::move(*opened));
        }
    } else {
        const std::unique_lock lock(tail_mutex_);
        index_.reset();
    }
    {
        const std::lock_guard view_lock(view_mutex_);
        view_.reset();
    }
    start_tail({});
    return {};
}

// ---- following the log ---------------------------------------------------------------------------------

void LmdbStore::Core::add_to_table(const events::RecordView& record) {
    tail_.table.add_stream(record.stream, record.position, record.previous);
    heads_.put(record.stream, {record.version, record.position}, tail_.begin.position());
    ++tail_.weight;
    tail_.end = record.position;
    if (options_.keys_of == nullptr) return;
    keys_.clear();
    options_.keys_of(record, keys_);
    for (const std::string& key : keys_) tail_.table.add_key(key, record.position);
    tail_.weight += keys_.size();
}

Result<void> LmdbStore::Core::fold(const Transaction& transaction, Position to) {
    auto reader = LogReader::over(transaction, log_.commits());
    if (!reader) return tl::make_unexpected(reader.error());
    while (tail_.end < to) {
        const Position batch_end = std::min(to, tail_.end + kFoldBatch);
        const std::unique_lock lock(tail_mutex_);
        for (Position position = tail_.end + 1; position <= batch_end; ++position) {
            const auto octets = reader->octets(position);
            if (!octets) return tl::make_unexpected(octets.error());
            const auto record = reader->record(position, *octets);
            if (!record) return tl::make_unexpected(record.error());
            add_to_table(*record);
        }
    }
    return {};
}

Result<void> LmdbStore::Core::catch_up() {
    for (;;) {
        {
            const auto transaction = log_.environment().read();
            if (!transaction) return tl::make_unexpected(transaction.error());
            const auto head = log_.head(*transaction);
            if (!head) return tl::make_unexpected(head.error());
            if (head->position <= tail_.end) return {};
            // In steps, so that what a long tail takes is bounded too.
            const Position to =
                may_flush() ? std::min(head->position, tail_.end + options_.flush_at) : head->position;
            if (auto folded = fold(*transaction, to); !folded) return folded;
        }
        flush_if_due(options_.flush_at);
    }
}

Result<void> LmdbStore::Core::refresh() {
    const auto head = log_.head();
    if (!head) return tl::make_unexpected(head.error());
    {
        const std::shared_lock lock(tail_mutex_);
        if (tail_.end >= head->position) return {};
    }
    const std::lock_guard lock(writer_);
    return catch_up();
}

Result<void> LmdbStore::Core::grow_tree() {
    if (tail_.tree.size() == tail_.end) return {};
    const auto transaction = log_.environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto reader = LogReader::over(*transaction, log_.commits());
    if (!reader) return tl::make_unexpected(reader.error());
    std::vector<events::Digest> leaves;
    while (tail_.tree.size() < tail_.end) {
        leaves.clear();
        const Position to = std::min(tail_.end, tail_.tree.size() + 4096);
        for (Position position = tail_.tree.size() + 1; position <= to; ++position) {
            const auto octets = reader->octets(position);
            if (!octets) return tl::make_unexpected(octets.error());
            leaves.push_back(tlog::leaf_hash(*octets));
        }
        auto growth = tail_.tree.grown_by(leaves);
        const std::unique_lock lock(tail_mutex_);
        tail_.tree.take(std::move(growth));
    }
    return {};
}

// ---- the index -----------------------------------------------------------------------------------------

Result<void> LmdbStore::Core::flush() {
    if (auto grown = grow_tree(); !grown) return grown;
    events::Digest last_leaf{};
    {
        const auto transaction = log_.environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto reader = LogReader::over(*transaction, log_.commits());
        if (!reader) return tl::make_unexpected(reader.error());
        const auto octets = reader->octets(tail_.end);
        if (!octets) return tl::make_unexpected(octets.error());
        last_leaf = tlog::leaf_hash(*octets);
    }
    const auto flushed = index_->flush(tail_.begin, tail_.table, tail_.tree, last_leaf);
    if (!flushed) return tl::make_unexpected(flushed.error());
    if (!*flushed) return restart_tail();
    IndexState reached{0, last_leaf, tail_.tree.edge()};
    start_tail(std::move(reached));
    for (;;) {
        const auto merged = index_->merge();
        if (!merged) return tl::make_unexpected(merged.error());
        if (!*merged) return {};
    }
}

void LmdbStore::Core::flush_if_due(std::uint64_t at) noexcept {
    if (!may_flush() || tail_.weight < std::max(at, flush_not_before_) || tail_.weight == 0) return;
    // What was appended is in the log already; an index that cannot be written is only slower.
    try {
        const auto flushed = flush();
        if (flushed) {
            flush_not_before_ = 0;
            return;
        }
        if (index_is_damaged(flushed.error())) static_cast<void>(rebuild_index());
    } catch (const std::exception&) {
    }
    flush_not_before_ = tail_.weight + options_.flush_at;
}

Result<std::shared_ptr<const IndexView>> LmdbStore::Core::view_of(const ReadTransaction& transaction) const {
    const std::lock_guard lock(view_mutex_);
    if (view_ && index_->is_current(*view_, transaction)) return view_;
    auto loaded = index_->view(transaction);
    if (loaded) view_ = *loaded;
    return loaded;
}

Result<std::vector<Position>> LmdbStore::Core::in_index(std::uint64_t hash, Position below, Position above,
                                                        std::size_t limit) const {
    if (!index_ || tail_.begin.position() == 0) return std::vector<Position>{};
    const auto transaction = index_->read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto view = view_of(*transaction);
    if (!view) return tl::make_unexpected(view.error());
    // Somebody else has begun it anew: what stands between its end and the tail would be taken for missing.
    if ((*view)->state.position() < tail_.begin.position()) {
        return fail(ErrorKind::damaged, "index: ends at position " +
                                            std::to_string((*view)->state.position()) + ", it had reached " +
                                            std::to_string(tail_.begin.position()));
    }
    return index_->candidates(*transaction, **view, hash, below, above, limit);
}

Result<LmdbStore::IndexStats> LmdbStore::Core::index_stats() const {
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
