#include <certledger/store/lmdb/lmdb_store.hpp>

#include <algorithm>
#include <certledger/store/tlog/tree_reader.hpp>
#include <limits>

#include "store_core.hpp"

namespace certledger::store::lmdb {
namespace {

/// Records that are visited in one snapshot: a held one keeps freed pages from being used again.
constexpr std::size_t kSnapshotRecords = 4096;

constexpr const char* kLogName = "data.mdb";
constexpr const char* kIndexName = "index.mdb";

EnvironmentOptions log_options(const std::filesystem::path& folder, const LmdbStoreOptions& options) {
    EnvironmentOptions log;
    log.file = folder / kLogName;
    log.read_only = options.read_only;
    log.durable = options.durable;
    log.grow_ahead = options.preallocate;
    log.map_size = options.map_size;
    log.map_size_max = options.map_size_max;
    log.check_up_to = options.check_up_to;
    return log;
}

Result<std::optional<IndexFile>> open_index(const std::filesystem::path& folder,
                                            const LmdbStoreOptions& options) {
    const IndexTuning tuning{options.index_fan_in, options.index_run_entries_max, options.durable};
    auto index = IndexFile::open(folder / kIndexName, options.read_only, tuning);
    if (index) return std::optional<IndexFile>(std::move(*index));
    // Without the right to write there may be none, or none that holds.
    if (options.read_only && index.error().kind != ErrorKind::outside) return std::optional<IndexFile>();
    return tl::make_unexpected(index.error());
}

}  // namespace

LmdbStore::LmdbStore(std::unique_ptr<Core> core) : core_(std::move(core)) {}
LmdbStore::~LmdbStore() = default;

Result<std::unique_ptr<LmdbStore>> LmdbStore::start(LogFile& log, const std::filesystem::path& folder,
                                                    const LmdbStoreOptions& options) {
    auto index = open_index(folder, options);
    if (!index) return tl::make_unexpected(index.error());
    auto core = std::make_unique<Core>(std::move(log), std::move(*index), folder / kIndexName, options);
    if (auto begun = core->begin(); !begun) return tl::make_unexpected(begun.error());
    return std::unique_ptr<LmdbStore>(new LmdbStore(std::move(core)));
}

template <class Log>
Result<std::unique_ptr<LmdbStore>> LmdbStore::begin(const std::filesystem::path& folder,
                                                    const LmdbStoreOptions& options, const Log& log_of) {
    try {
        auto log = log_of(log_options(folder, options));
        if (!log) return tl::make_unexpected(log.error());
        return start(*log, folder, options);
    } catch (const CommitUnknown& unknown) {
        // Nobody was answered anything: the next who opens the log finds out.
        return fail(ErrorKind::outside, unknown.what());
    }
}

Result<std::unique_ptr<LmdbStore>> LmdbStore::create(const std::filesystem::path& folder,
                                                     const LmdbStoreOptions& options) {
    return begin(folder, options, &LogFile::create);
}

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(const std::filesystem::path& folder,
                                                   const LmdbStoreOptions& options) {
    return begin(folder, options, &LogFile::open);
}

Result<std::vector<Stored>> LmdbStore::append(const Append& append) {
    return std::move(append_all({&append, 1}).front());
}

std::vector<Result<std::vector<Stored>>> LmdbStore::append_all(std::span<const Append> appends) {
    std::vector<Result<std::vector<Stored>>> outcomes(appends.size());
    core_->append_all(appends, outcomes);
    return outcomes;
}

Head LmdbStore::head() const {
    const auto head = core_->log().head();
    if (!head) throw OutcomeUnknown(head.error().message);
    return *head;
}

std::optional<StreamHead> LmdbStore::stream_head(std::string_view stream) const {
    const auto head = core_->stream_head(stream);
    if (!head) throw OutcomeUnknown(head.error().message);
    if (head->version == 0) return std::nullopt;
    return *head;
}

// ---- reading -------------------------------------------------------------------------------------------

/// Visits the records at `next()` until it gives 0, renewing the snapshot. `next` takes a reader of it.
template <class Next>
Result<void> LmdbStore::visit_each(const Next& next, const RecordVisitor& visit) const {
    auto transaction = core_->log().environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    for (bool more = true; more;) {
        {
            auto reader = LogReader::over(*transaction, core_->log().commits());
            if (!reader) return tl::make_unexpected(reader.error());
            for (std::size_t i = 0; more && i < kSnapshotRecords; ++i) {
                const Position position = next();
                if (position == 0) return {};
                const auto octets = reader->octets(position);
                if (!octets) return tl::make_unexpected(octets.error());
                const auto record = reader->record(position, *octets);
                if (!record) return tl::make_unexpected(record.error());
                more = visit(*record, *octets);
            }
        }
        if (more) {
            if (auto renewed = transaction->renew(); !renewed) return renewed;
        }
    }
    return {};
}

Result<void> LmdbStore::read_all(Position from, Position to, const RecordVisitor& visit) const {
    Position position = std::max<Position>(from, 1);
    bool stopped = false;
    // The head is asked for again after each stretch, so that what was appended meanwhile is seen.
    while (!stopped && position <= to) {
        const auto head = core_->log().head();
        if (!head) return tl::make_unexpected(head.error());
        const Position end = std::min(to, head->position);
        if (position > end) break;
        const auto read = visit_each([&]() -> Position { return position <= end ? position : 0; },
                                     [&](const events::RecordView& record, Octets octets) {
                                         ++position;
                                         stopped = !visit(record, octets);
                                         return !stopped;
                                     });
        if (!read) {
            // Behind the head everything is there.
            if (read.error().kind != ErrorKind::not_found) return read;
            return fail(ErrorKind::damaged, read.error().message + ", before its end");
        }
        if (position == 0) break;
    }
    return {};
}

/// Visits some records from `from` on under one snapshot. Gives where to go on: `from` when there is nothing
/// (more), 0 when the visitor has had enough.
Result<Position> LmdbStore::visit_stretch(Position from, Position to, ReadAhead& ahead,
                                          const BatchVisitor& visit) const {
    const auto transaction = core_->log().environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto head = core_->log().head(*transaction);
    if (!head) return tl::make_unexpected(head.error());
    const Position end = std::min({to, head->position, from + kSnapshotRecords - 1});
    auto reader = LogReader::over(*transaction, core_->log().commits());
    if (!reader) return tl::make_unexpected(reader.error());
    std::vector<Octets> records;
    while (from <= end) {
        if (auto read = reader->rest_of_commit(from, end, records); !read)
            return tl::make_unexpected(read.error());
        ahead.reached(reader->commit().octets());
        const Position first = from;
        from += records.size();
        if (!visit(first, records)) return 0;
    }
    return from;
}

Result<void> LmdbStore::read_batches(Position from, Position to, const BatchVisitor& visit) const {
    ReadAhead ahead;
    for (Position next = std::max<Position>(from, 1); next <= to;) {
        const auto reached = visit_stretch(next, to, ahead, visit);
        if (!reached) return tl::make_unexpected(reached.error());
        if (*reached == next || *reached == 0) break;
        next = *reached;
    }
    return {};
}

namespace {

/// The versions `from` to `to` of a stream whose last record is `head`, that one first: each record
/// and its octets. damaged: they are not one behind the other.
template <class Take>
Result<void> walk_back(LogReader& reader, std::string_view stream, const StreamHead& head, std::uint64_t from,
                       std::uint64_t to, const Take& take) {
    std::uint64_t version = head.version;
    for (Position position = head.position; version >= from; --version) {
        const auto octets = reader.octets(position);
        if (!octets) return tl::make_unexpected(octets.error());
        const auto record = reader.record(position, *octets);
        if (!record) return tl::make_unexpected(record.error());
        if (record->stream != stream || record->version != version || record->previous >= position ||
            (record->previous == 0) != (version == 1)) {
            return fail(ErrorKind::damaged, "log, position " + std::to_string(position) +
                                                ": it is not version " + std::to_string(version) +
                                                " of stream " + std::string(stream) +
                                                ", or does not follow the version before it");
        }
        if (version <= to) take(*record, *octets);
        position = record->previous;
    }
    return {};
}

}  // namespace

/// A stream as long as most are is read once, while it is walked through backwards, and then shown in order.
Result<void> LmdbStore::read_short_stream(std::string_view stream, const StreamHead& head, std::uint64_t from,
                                          std::uint64_t to, Direction direction,
                                          const RecordVisitor& visit) const {
    const auto transaction = core_->log().environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto reader = LogReader::over(*transaction, core_->log().commits());
    if (!reader) return tl::make_unexpected(reader.error());
    std::vector<std::pair<events::RecordView, Octets>> records;
    records.reserve(std::min(to, head.version) + 1 - from);
    auto walked = walk_back(*reader, stream, head, from, to,
                            [&](const auto& record, Octets octets) { records.emplace_back(record, octets); });
    if (!walked) return walked;
    if (direction == Direction::forward) std::reverse(records.begin(), records.end());
    for (const auto& [record, octets] : records) {
        if (!visit(record, octets)) break;
    }
    return {};
}

Result<void> LmdbStore::read_stream(std::string_view stream, std::uint64_t from, std::uint64_t to,
                                    Direction direction, const RecordVisitor& visit) const {
    const auto head = core_->stream_head(stream);
    if (!head) return tl::make_unexpected(head.error());
    from = std::max<std::uint64_t>(from, 1);
    if (head->version < from || to < from) return {};
    // One snapshot holds pages back no longer than for so many records.
    if (head->version - from < kSnapshotRecords)
        return read_short_stream(stream, *head, from, to, direction, visit);
    std::vector<Position> positions;
    {
        const auto transaction = core_->log().environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        auto reader = LogReader::over(*transaction, core_->log().commits());
        if (!reader) return tl::make_unexpected(reader.error());
        auto walked = walk_back(*reader, stream, *head, from, to,
                                [&](const auto& record, Octets) { positions.push_back(record.position); });
        if (!walked) return walked;
    }
    if (direction == Direction::forward) std::reverse(positions.begin(), positions.end());
    std::size_t next = 0;
    return visit_each([&]() -> Position { return next < positions.size() ? positions[next++] : 0; }, visit);
}

Result<events::Bytes> LmdbStore::record(Position position) const {
    const auto transaction = core_->log().environment().read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto head = core_->log().head(*transaction);
    if (!head) return tl::make_unexpected(head.error());
    if (position == 0 || position > head->position) {
        return fail(ErrorKind::not_found, "record " + std::to_string(position) +
                                              ": the log ends at position " + std::to_string(head->position));
    }
    auto reader = LogReader::over(*transaction, core_->log().commits());
    if (!reader) return tl::make_unexpected(reader.error());
    const auto octets = reader->octets(position);
    if (!octets) return fail(ErrorKind::damaged, octets.error().message);
    if (const auto record = reader->record(position, *octets); !record)
        return tl::make_unexpected(record.error());
    return events::Bytes(octets->begin(), octets->end());
}

Result<void> LmdbStore::find(std::string_view key, const RecordVisitor& visit) const {
    Position below = std::numeric_limits<Position>::max();
    for (bool more = true; more;) {
        const auto positions = core_->key_candidates(key, below);
        if (!positions) return tl::make_unexpected(positions.error());
        if (positions->empty()) return {};
        below = positions->back();
        std::size_t next = 0;
        const auto read =
            visit_each([&]() -> Position { return next < positions->size() ? (*positions)[next++] : 0; },
                       [&](const events::RecordView& record, Octets octets) {
                           // Another name may have the same hash.
                           if (core_->carries(record, key)) more = visit(record, octets);
                           return more;
                       });
        if (!read) return read;
    }
    return {};
}

// ---- the tree ------------------------------------------------------------------------------------------

template <class Answer>
auto LmdbStore::from_tree(std::uint64_t size, const Answer& answer) const {
    return core_->with_index([&]() -> std::invoke_result_t<const Answer&, const tlog::TileSource&> {
        if (auto covered = core_->cover_tree(size); !covered) return tl::make_unexpected(covered.error());
        return answer([this](unsigned level, std::uint64_t index) { return core_->tile(level, index); });
    });
}

Result<TreeHead> LmdbStore::tree_head(std::uint64_t size) const {
    {
        const auto transaction = core_->log().environment().read();
        if (!transaction) return tl::make_unexpected(transaction.error());
        const auto end = core_->log().end(*transaction);
        if (!end) return tl::make_unexpected(end.error());
        if (end->head.position == size) return TreeHead{size, end->edge.root()};
    }
    return from_tree(size, [&](const tlog::TileSource& source) -> Result<TreeHead> {
        const auto root = tlog::root_at(size, source);
        if (!root) return tl::make_unexpected(root.error());
        return TreeHead{size, *root};
    });
}

Result<std::vector<events::Digest>> LmdbStore::inclusion_proof(std::uint64_t index,
                                                               std::uint64_t size) const {
    return from_tree(
        size, [&](const tlog::TileSource& source) { return tlog::inclusion_proof(index, size, source); });
}

Result<std::vector<events::Digest>> LmdbStore::consistency_proof(std::uint64_t from, std::uint64_t to) const {
    return from_tree(
        to, [&](const tlog::TileSource& source) { return tlog::consistency_proof(from, to, source); });
}

// ---- care ----------------------------------------------------------------------------------------------

Result<void> LmdbStore::copy_to(const std::filesystem::path& file) const {
    return core_->log().copy_to(file);
}
Result<PageReport> LmdbStore::check_pages() const { return core_->log().environment().check_pages(); }
Result<EnvironmentStats> LmdbStore::stats() const { return core_->log().environment().stats(); }
Result<LmdbStore::IndexStats> LmdbStore::index_stats() const { return core_->index_stats(); }

}  // namespace certledger::store::lmdb
