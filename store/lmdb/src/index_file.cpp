#include "index_file.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/events/little_endian.hpp>

#include "run_writer.hpp"

namespace certledger::store::lmdb {

using events::append_number;
using events::load_number;
using events::store_number;

namespace {

constexpr std::uint32_t kIndexVersion = 1;
constexpr std::string_view kStateKey = "state";

tl::unexpected<Error> damaged(const std::string& rule) { return fail(ErrorKind::damaged, "index: " + rule); }

events::Bytes tile_key(unsigned level, std::uint64_t index) {
    events::Bytes key{static_cast<std::uint8_t>(level)};
    for (unsigned shift = 64; shift > 0; shift -= 8)
        key.push_back(static_cast<std::uint8_t>(index >> (shift - 8)));
    return key;
}

/// Hashes behind a checksum.
Result<events::Bytes> checked_tile(Octets value) {
    if (value.size() < 4 || load_number<std::uint32_t>(value.data()) != events::crc32c(value.subspan(4)))
        return damaged("the checksum of a tile does not match");
    return events::Bytes(value.begin() + 4, value.end());
}

}  // namespace

Result<IndexFile> IndexFile::open(const std::filesystem::path& file, bool read_only,
                                  const IndexTuning& tuning) {
    EnvironmentOptions options;
    options.file = file;
    options.read_only = read_only;
    options.create = !read_only;
    options.durable = tuning.durable;
    auto index = attach(options, tuning);
    if (index || read_only || index.error().kind != ErrorKind::damaged) return index;
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    std::filesystem::remove(file.string() + "-lock", ignored);
    return attach(options, tuning);
}

Result<IndexFile> IndexFile::attach(const EnvironmentOptions& options, const IndexTuning& tuning) {
    auto environment = Environment::open(options);
    if (!environment) return tl::make_unexpected(environment.error());
    IndexFile index(std::move(*environment), tuning);
    const auto open = [&](Database& database, std::string_view name, KeyOrder order) -> Result<void> {
        auto opened = index.environment_->database(name, order, true);
        if (!opened) return tl::make_unexpected(opened.error());
        database = *opened;
        return {};
    };
    auto opened = open(index.runs_, "runs", KeyOrder::integers);
    if (opened) opened = open(index.segments_, "segments", KeyOrder::octets);
    if (opened) opened = open(index.tiles_, "tiles", KeyOrder::octets);
    if (!opened) return tl::make_unexpected(opened.error());
    return index;
}

// ---- state and runs ------------------------------------------------------------------------------------

Result<IndexState> IndexFile::state(const Transaction& transaction) const {
    const auto value = transaction.get(environment_->main(), octets_of(kStateKey));
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return IndexState{};
    const Octets octets = **value;
    constexpr std::size_t head = 4 + 4 + 8 + sizeof(events::Digest);
    if (octets.size() < head ||
        load_number<std::uint32_t>(octets.data()) != events::crc32c(octets.subspan(4)))
        return damaged("the checksum of its state does not match");
    if (const auto version = load_number<std::uint32_t>(octets.data() + 4); version != kIndexVersion)
        return damaged("its version is " + std::to_string(version) + ", must be " +
                       std::to_string(kIndexVersion));
    IndexState state;
    state.next_run = load_number<std::uint64_t>(octets.data() + 8);
    std::copy_n(octets.data() + 16, state.last_leaf.size(), state.last_leaf.begin());
    auto edge = tlog::RightEdge::parse(octets.subspan(head));
    if (!edge) return tl::make_unexpected(edge.error());
    state.edge = std::move(*edge);
    return state;
}

Result<void> IndexFile::write_state(WriteTransaction& transaction, const IndexState& state) const {
    events::Bytes octets(4);
    append_number(octets, kIndexVersion);
    append_number(octets, state.next_run);
    octets.insert(octets.end(), state.last_leaf.begin(), state.last_leaf.end());
    const events::Bytes edge = state.edge.serialise();
    octets.insert(octets.end(), edge.begin(), edge.end());
    store_number(octets.data(), events::crc32c(Octets(octets).subspan(4)));
    return transaction.put(environment_->main(), octets_of(kStateKey), octets);
}

Result<std::vector<Run>> IndexFile::runs(const Transaction& transaction) const {
    std::vector<Run> all;
    auto cursor = transaction.cursor(runs_);
    if (!cursor) return tl::make_unexpected(cursor.error());
    for (auto more = cursor->first();; more = cursor->next()) {
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
        auto run = Run::decode(integer_of(cursor->key()), cursor->value());
        if (!run) return tl::make_unexpected(run.error());
        all.push_back(std::move(*run));
    }
    // A merged run has a new id, so ids do not tell the age.
    std::sort(all.begin(), all.end(), [](const Run& a, const Run& b) { return a.from < b.from; });
    return all;
}

Result<std::shared_ptr<const IndexView>> IndexFile::view(const ReadTransaction& transaction) const {
    auto view = std::make_shared<IndexView>();
    view->snapshot = transaction.id();
    view->map_generation = environment_->map_generation();
    auto stored_state = state(transaction);
    if (!stored_state) return tl::make_unexpected(stored_state.error());
    view->state = std::move(*stored_state);
    auto stored_runs = runs(transaction);
    if (!stored_runs) return tl::make_unexpected(stored_runs.error());
    Position next = 1;
    for (const Run& run : *stored_runs) {
        if (run.from != next || run.to < run.from)
            return damaged("its runs leave a gap at " + std::to_string(next));
        next = run.to + 1;
    }
    if (next != view->state.position() + 1)
        return damaged("its runs end at " + std::to_string(next - 1) + ", it has reached " +
                       std::to_string(view->state.position()));
    view->runs = std::move(*stored_runs);
    std::reverse(view->runs.begin(), view->runs.end());
    for (const Run& run : view->runs)
        view->places.push_back(std::make_unique<std::atomic<const std::uint8_t*>[]>(run.segments.size()));
    return std::shared_ptr<const IndexView>(std::move(view));
}

bool IndexFile::is_current(const IndexView& view, const ReadTransaction& transaction) const {
    return view.snapshot == transaction.id() && view.map_generation == environment_->map_generation();
}

// ---- looking up ----------------------------------------------------------------------------------------

Result<SegmentView> IndexFile::segment(const ReadTransaction& transaction, const IndexView& view,
                                       std::size_t run, std::size_t number) const {
    auto& place = view.places[run][number];
    const std::uint32_t entries = view.runs[run].segments[number].entries;
    if (const std::uint8_t* at = place.load(std::memory_order_acquire)) return SegmentView{at, entries};
    const auto value =
        transaction.get(segments_, segment_key(view.runs[run].id, static_cast<std::uint32_t>(number)));
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return damaged("a segment is missing");
    const auto checked = read_segment(**value, entries);
    if (checked) place.store(checked->at, std::memory_order_release);
    return checked;
}

Result<std::vector<Position>> IndexFile::candidates(const ReadTransaction& transaction, const IndexView& view,
                                                    std::uint64_t hash, Position below, Position above,
                                                    std::size_t limit) const {
    std::vector<Position> found;
    for (std::size_t r = 0; r < view.runs.size() && found.size() < limit; ++r) {
        const Run& run = view.runs[r];
        if (run.from >= below) continue;
        if (run.to <= above) break;
        const IndexEntry key{hash, below};
        std::optional<std::size_t> number = run.segment_before(key);
        bool all_of_hash = number.has_value();
        while (all_of_hash && found.size() < limit) {
            const auto entries = segment(transaction, view, r, *number);
            if (!entries) return tl::make_unexpected(entries.error());
            std::size_t next =
                entries->lower_bound(key, run.segments[*number].first.hash, run.last_hash_of(*number));
            for (; next > 0 && found.size() < limit; --next) {
                const IndexEntry entry = entries->entry(next - 1);
                all_of_hash = entry.hash == hash;
                if (!all_of_hash) break;
                found.push_back(entry.position);
            }
            if (*number == 0) break;
            --*number;
        }
    }
    return found;
}

Result<events::Bytes> IndexFile::tile(const ReadTransaction& transaction, unsigned level,
                                      std::uint64_t index) const {
    const auto value = transaction.get(tiles_, tile_key(level, index));
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return events::Bytes{};
    return checked_tile(**value);
}

// ---- growing -------------------------------------------------------------------------------------------

Result<bool> IndexFile::flush(const IndexState& before, const TailTable& table, const TailTree& tree,
                              const events::Digest& last_leaf) {
    CERTLEDGER_CHECK(tree.begin() == before.position() && tree.size() > tree.begin());
    const std::vector<IndexEntry> entries = table.entries();
    return environment_->write([&](WriteTransaction& transaction) -> Result<bool> {
        const auto now = state(transaction);
        if (!now) return tl::make_unexpected(now.error());
        if (now->position() != before.position() || now->last_leaf != before.last_leaf) return false;
        RunWriter writer(transaction, segments_, now->next_run, tree.begin() + 1, tree.size());
        for (const IndexEntry& entry : entries)
            if (auto added = writer.add(entry); !added) return tl::make_unexpected(added.error());
        if (auto finished = writer.finish(runs_); !finished) return tl::make_unexpected(finished.error());
        if (auto written = write_tiles(transaction, tree); !written)
            return tl::make_unexpected(written.error());
        const IndexState after{now->next_run + 1, last_leaf, tree.edge()};
        if (auto written = write_state(transaction, after); !written)
            return tl::make_unexpected(written.error());
        return true;
    });
}

Result<void> IndexFile::write_tiles(WriteTransaction& transaction, const TailTree& tree) const {
    for (unsigned level = 1; level < tlog::tile_levels; ++level) {
        const auto& hashes = tree.hashes(level);
        for (std::size_t next = 0; next < hashes.size();) {
            const std::uint64_t number = tree.first(level) + next;
            const std::size_t offset = static_cast<std::size_t>(number % tlog::tile_width);
            const std::size_t count = std::min(tlog::tile_width - offset, hashes.size() - next);
            const events::Bytes key = tile_key(level, number / tlog::tile_width);
            events::Bytes octets(4);
            if (offset > 0) {
                const auto stored = transaction.get(tiles_, key);
                if (!stored) return tl::make_unexpected(stored.error());
                if (!*stored) return damaged("a tile is missing");
                const auto held = checked_tile(**stored);
                if (!held) return tl::make_unexpected(held.error());
                if (held->size() != offset * sizeof(events::Digest))
                    return damaged("a tile has the wrong size");
                octets.insert(octets.end(), held->begin(), held->end());
            }
            for (std::size_t i = next; i < next + count; ++i)
                octets.insert(octets.end(), hashes[i].begin(), hashes[i].end());
            store_number(octets.data(), events::crc32c(Octets(octets).subspan(4)));
            if (auto put = transaction.put(tiles_, key, octets); !put) return put;
            next += count;
        }
    }
    return {};
}

Result<void> IndexFile::reset() {
    return environment_->write([&](WriteTransaction& transaction) -> Result<void> {
        for (const Database database : {runs_, segments_, tiles_})
            if (auto cleared = transaction.clear(database); !cleared) return cleared;
        return write_state(transaction, {});
    });
}

}  // namespace certledger::store::lmdb
