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
    {
        const std::lock_guard lock(indexer_mutex_);
        ending_ = true;
    }
    indexer_changed_.notify_all();
    if (indexer_.joinable()) indexer_.join();
    const std::lock_guard lock(writer_);
    if (!may_index() || tail_.end - index_reached().position() < options_.flush_on_close_at) return;
    const Indexed closed = write_closed_tail();
    const bool whole = closed == Indexed::nothing || closed == Indexed::written;
    const bool open = whole && close_tail_if_due(1) && write_closed_tail() == Indexed::written;
    if (open || closed == Indexed::written) merge_runs();
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
    const std::lock_guard filling(filling_);
    const std::unique_lock lock(tail_mutex_);
    if (fresh.end == 0) {
        heads_.clear();
        heads_.begin_whole();
    }
    closed_.reset();
    tail_ = std::move(fresh);
    asked_at_ = tail_.end;
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
    // What is on its way into the index ends first.
    const std::lock_guard indexing(indexing_);
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
            heads_.put(print_of(record->stream), {record->version, record->position},
                       index_reached().position());
            tail_.end = position;
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
                may_index() ? std::min(head->position, tail_.end + options_.flush_at) : head->position;
            if (auto folded = fold(*transaction, to); !folded) return folded;
        }
        index_if_due();
    }
}

Position LmdbStore::Core::tail_end() const {
    const std::shared_lock lock(tail_mutex_);
    return tail_.end;
}

Result<void> LmdbStore::Core::refresh() {
    const auto head = log_.head();
    if (!head) return tl::make_unexpected(head.error());
    if (tail_end() >= head->position) return {};
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

}  // namespace certledger::store::lmdb
