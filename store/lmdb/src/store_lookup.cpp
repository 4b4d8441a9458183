#include <algorithm>
#include <certledger/store/tlog/hash.hpp>

#include "store_core.hpp"

namespace certledger::store::lmdb {
namespace {

/// Candidates that are asked for at once: of a stream's end the first is nearly always the right one.
constexpr std::size_t kFewCandidates = 8;
constexpr std::size_t kManyCandidates = 256;

}  // namespace

Result<StreamHead> LmdbStore::Core::stream_head(std::string_view stream) {
    return with_index([&]() -> Result<StreamHead> {
        if (auto fresh = refresh(); !fresh) return tl::make_unexpected(fresh.error());
        const std::shared_lock lock(tail_mutex_);
        if (const auto known = heads_.find(print_of(stream))) return *known;
        // Those of the tails' streams are never pushed out.
        if (heads_.whole()) return StreamHead{};
        return find_stream_in_index(stream);
    });
}

Result<StreamHead> LmdbStore::Core::find_stream(std::string_view stream, const NamePrint& print) const {
    if (const auto known = heads_.find(print)) return *known;
    if (heads_.whole()) return StreamHead{};
    const std::shared_lock lock(tail_mutex_);
    return find_stream_in_index(stream);
}

Result<StreamHead> LmdbStore::Core::find_stream_in_index(std::string_view stream) const {
    const std::uint64_t hash = tail_.table.hash_of(NameKind::stream, stream);
    Position below = index_reached().position() + 1;
    for (std::size_t limit = 1;; limit = kFewCandidates) {
        const auto positions = in_index(hash, below, 0, limit);
        if (!positions) return tl::make_unexpected(positions.error());
        if (positions->empty()) return StreamHead{};
        const auto transaction = log_.environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto reader = LogReader::over(*transaction, log_.commits());
        if (!reader) return tl::make_unexpected(reader.error());
        for (const Position position : *positions) {
            const auto octets = reader->octets(position);
            if (!octets) return tl::make_unexpected(octets.error());
            const auto record = reader->record(position, *octets);
            if (!record) return tl::make_unexpected(record.error());
            if (record->stream == stream) return StreamHead{record->version, record->position};
            below = position;
        }
    }
}

bool LmdbStore::Core::carries(const events::RecordView& record, std::string_view key) const {
    if (options_.keys_of == nullptr) return false;
    std::vector<std::string> keys;
    options_.keys_of(record, keys);
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Result<Position> LmdbStore::Core::newest(std::string_view key, Position above) {
    const NamePrint print = print_of(key);
    const auto known = heads_.find(print);
    if (known && known->position > above) return known->position;
    const std::lock_guard filling(filling_);
    if (auto filled = fill_tables(tail_.end); !filled) return tl::make_unexpected(filled.error());
    Position in_memory = std::max(known ? known->position : 0, tail_.table.newest_of_key(key));
    if (closed_) in_memory = std::max(in_memory, closed_->table.newest_of_key(key));
    // What stands before the tails matters only when the decision is older than that.
    const Position reached = index_reached().position();
    if (in_memory > above || reached <= above) return in_memory;
    const auto stream = find_stream(key, print);
    if (!stream) return tl::make_unexpected(stream.error());
    const std::uint64_t hash = tail_.table.hash_of(NameKind::key, key);
    Position below = reached + 1;
    for (;;) {
        const auto positions = in_index(hash, below, above, kFewCandidates);
        if (!positions) return tl::make_unexpected(positions.error());
        if (positions->empty()) return stream->position;
        const auto transaction = log_.environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto reader = LogReader::over(*transaction, log_.commits());
        if (!reader) return tl::make_unexpected(reader.error());
        for (const Position position : *positions) {
            const auto octets = reader->octets(position);
            if (!octets) return tl::make_unexpected(octets.error());
            const auto record = reader->record(position, *octets);
            if (!record) return tl::make_unexpected(record.error());
            if (carries(*record, key)) return std::max(position, stream->position);
            below = position;
        }
    }
}

Result<std::vector<Position>> LmdbStore::Core::key_candidates(std::string_view key, Position below) {
    return with_index([&]() -> Result<std::vector<Position>> {
        if (auto fresh = refresh(); !fresh) return tl::make_unexpected(fresh.error());
        {
            const Position end = tail_end();
            const std::lock_guard filling(filling_);
            if (auto filled = fill_tables(end); !filled) return tl::make_unexpected(filled.error());
        }
        const std::shared_lock lock(tail_mutex_);
        for (const Tail* tail : {static_cast<const Tail*>(&tail_), static_cast<const Tail*>(closed_.get())}) {
            if (tail == nullptr) continue;
            std::vector<Position> found = tail->table.key(key);
            std::erase_if(found, [&](Position position) { return position >= below; });
            if (!found.empty()) return found;
        }
        return in_index(tail_.table.hash_of(NameKind::key, key),
                        std::min(below, index_reached().position() + 1), 0, kManyCandidates);
    });
}

// ---- the tree ------------------------------------------------------------------------------------------

Result<void> LmdbStore::Core::cover_tree(std::uint64_t size) {
    const auto head = log_.head();
    if (!head) return tl::make_unexpected(head.error());
    if (size > head->position) {
        return fail(ErrorKind::not_found, "tree of size " + std::to_string(size) + ": the log has " +
                                              std::to_string(head->position) + " records");
    }
    {
        const std::shared_lock lock(tail_mutex_);
        if (size <= tail_.tree.size()) return {};
    }
    const std::lock_guard lock(writer_);
    if (auto caught_up = catch_up(); !caught_up) return caught_up;
    return grow_tree();
}

/// Level 0 of the tree, from the records.
Result<events::Bytes> LmdbStore::Core::leaf_hashes(std::uint64_t tile) const {
    const auto transaction = log_.environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto head = log_.head(*transaction);
    if (!head) return tl::make_unexpected(head.error());
    auto reader = LogReader::over(*transaction, log_.commits());
    if (!reader) return tl::make_unexpected(reader.error());
    const Position first = tile * tlog::tile_width + 1;
    events::Bytes hashes;
    for (Position position = first; position < first + tlog::tile_width && position <= head->position;
         ++position) {
        const auto octets = reader->octets(position);
        if (!octets) return tl::make_unexpected(octets.error());
        const events::Digest leaf = tlog::leaf_hash(*octets);
        hashes.insert(hashes.end(), leaf.begin(), leaf.end());
    }
    return hashes;
}

Result<events::Bytes> LmdbStore::Core::tile(unsigned level, std::uint64_t index) const {
    if (level == 0) return leaf_hashes(index);
    const std::shared_lock lock(tail_mutex_);
    const std::uint64_t first = index * tlog::tile_width;
    const std::uint64_t in_memory = (closed_ ? closed_->tree : tail_.tree).first(level);
    events::Bytes octets;
    if (first < in_memory && index_) {
        const auto transaction = index_->read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto stored = index_->tile(*transaction, level, index);
        if (!stored) return stored;
        octets = std::move(*stored);
        // Another process may have written more of it than our tails leave out.
        const std::uint64_t wanted = std::min<std::uint64_t>(tlog::tile_width, in_memory - first);
        if (octets.size() < wanted * sizeof(events::Digest))
            return fail(ErrorKind::damaged, "index: a tile is missing or too short");
        octets.resize(wanted * sizeof(events::Digest));
    }
    const auto add_from = [&](const TailTree& tree) {
        const auto& hashes = tree.hashes(level);
        for (std::uint64_t number = first + octets.size() / sizeof(events::Digest);
             number >= tree.first(level) && number < first + tlog::tile_width &&
             number - tree.first(level) < hashes.size();
             ++number) {
            const events::Digest& hash = hashes[number - tree.first(level)];
            octets.insert(octets.end(), hash.begin(), hash.end());
        }
    };
    if (closed_) add_from(closed_->tree);
    add_from(tail_.tree);
    return octets;
}

}  // namespace certledger::store::lmdb
