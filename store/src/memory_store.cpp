#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/memory_store.hpp>
#include <certledger/store/tlog/tree_reader.hpp>
#include <mutex>

namespace certledger::store {
namespace {

tl::unexpected<Error> shorter_than(std::uint64_t size, std::uint64_t records) {
    return fail(ErrorKind::not_found, "tree of size " + std::to_string(size) + ": the log has " +
                                          std::to_string(records) + " records");
}

}  // namespace

Result<std::vector<Stored>> MemoryStore::append(const Append& append) {
    if (auto checked = check_append(append); !checked) return tl::make_unexpected(checked.error());
    const std::lock_guard lock(mutex_);
    AppendPlanner planner(
        {head_,
         [this](std::string_view stream, const NamePrint&) -> Result<StreamHead> { return end_of(stream); },
         [this](std::string_view key, Position) -> Result<Position> { return newest(key); }, keys_of_},
        append.records.size());
    if (auto planned = planner.add(append); !planned) return tl::make_unexpected(planned.error());
    AppendPlan plan = planner.take();
    take(plan);
    return std::move(plan.stored);
}

void MemoryStore::take(const AppendPlan& plan) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < plan.count(); ++i) {
        const auto octets = plan.record(i);
        const auto view = events::read_record_unchecked(octets);
        CERTLEDGER_CHECK(view.has_value());
        records_.emplace_back(octets.begin(), octets.end());
        streams_[std::string(view->stream)].push_back(view->position);
        if (keys_of_ == nullptr) continue;
        keys.clear();
        keys_of_(*view, keys);
        for (const std::string& key : keys) {
            // A record that names a key twice is found once.
            Positions& positions = keys_[key];
            if (positions.empty() || positions.back() != view->position) positions.push_back(view->position);
        }
    }
    for (tlog::Tile& tile : writer_.append(edge_, plan.leaves))
        full_tiles_[{tile.level, tile.index}] = std::move(tile.bytes);
    head_ = plan.head;
}

StreamHead MemoryStore::end_of(std::string_view stream) const {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return {};
    return {found->second.size(), found->second.back()};
}

Position MemoryStore::newest(std::string_view key) const {
    const auto found = keys_.find(key);
    const Position as_key = found == keys_.end() ? 0 : found->second.back();
    return std::max(as_key, end_of(key).position);
}

Head MemoryStore::head() const {
    const std::shared_lock lock(mutex_);
    return head_;
}

std::optional<StreamHead> MemoryStore::stream_head(std::string_view stream) const {
    const std::shared_lock lock(mutex_);
    const StreamHead end = end_of(stream);
    if (end.version == 0) return std::nullopt;
    return end;
}

const events::Bytes* MemoryStore::at(Position position) const {
    const std::shared_lock lock(mutex_);
    return position == 0 || position > records_.size() ? nullptr : &records_[position - 1];
}

Result<bool> MemoryStore::visit_one(Position position, const RecordVisitor& visit) const {
    const events::Bytes* octets = at(position);
    CERTLEDGER_CHECK(octets != nullptr);
    const auto view = events::read_record(*octets);
    if (!view) return tl::make_unexpected(view.error());
    return visit(*view, *octets);
}

MemoryStore::Positions MemoryStore::places(const Places& where, std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = where.find(name);
    return found == where.end() ? Positions() : found->second;
}

Result<void> MemoryStore::read_stream(std::string_view stream, std::uint64_t from, std::uint64_t to,
                                      Direction direction, const RecordVisitor& visit) const {
    const Positions positions = places(streams_, stream);
    from = std::max<std::uint64_t>(from, 1);
    to = std::min<std::uint64_t>(to, positions.size());
    for (std::uint64_t step = from; step <= to; ++step) {
        const std::uint64_t version = direction == Direction::forward ? step : to - (step - from);
        const auto more = visit_one(positions[version - 1], visit);
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
    }
    return {};
}

Result<void> MemoryStore::read_all(Position from, Position to, const RecordVisitor& visit) const {
    for (Position position = std::max<Position>(from, 1); position <= to; ++position) {
        if (at(position) == nullptr) break;
        const auto more = visit_one(position, visit);
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
    }
    return {};
}

Result<events::Bytes> MemoryStore::record(Position position) const {
    if (const events::Bytes* octets = at(position)) return *octets;
    return fail(ErrorKind::not_found, "record " + std::to_string(position) + ": the log ends at position " +
                                          std::to_string(head().position));
}

Result<void> MemoryStore::find(std::string_view key, const RecordVisitor& visit) const {
    const Positions positions = places(keys_, key);
    for (auto position = positions.rbegin(); position != positions.rend(); ++position) {
        const auto more = visit_one(*position, visit);
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
    }
    return {};
}

Result<events::Bytes> MemoryStore::tile(unsigned level, std::uint64_t index) const {
    if (const auto found = full_tiles_.find({level, index}); found != full_tiles_.end()) return found->second;
    for (tlog::Tile& tile : writer_.partial_tiles())
        if (tile.level == level && tile.index == index) return std::move(tile.bytes);
    return fail(ErrorKind::damaged,
                "tile " + std::to_string(index) + " of level " + std::to_string(level) + " does not exist");
}

Result<void> MemoryStore::holds_tree(std::uint64_t size) const {
    if (size > records_.size()) return shorter_than(size, records_.size());
    return {};
}

Result<TreeHead> MemoryStore::tree_head(std::uint64_t size) const {
    const std::shared_lock lock(mutex_);
    if (auto held = holds_tree(size); !held) return tl::make_unexpected(held.error());
    const auto root = tlog::root_at(size, [this](unsigned level, std::uint64_t n) { return tile(level, n); });
    if (!root) return tl::make_unexpected(root.error());
    return TreeHead{size, *root};
}

Result<std::vector<events::Digest>> MemoryStore::inclusion_proof(std::uint64_t index,
                                                                 std::uint64_t size) const {
    const std::shared_lock lock(mutex_);
    if (auto held = holds_tree(size); !held) return tl::make_unexpected(held.error());
    return tlog::inclusion_proof(index, size,
                                 [this](unsigned level, std::uint64_t n) { return tile(level, n); });
}

Result<std::vector<events::Digest>> MemoryStore::consistency_proof(std::uint64_t from,
                                                                   std::uint64_t to) const {
    const std::shared_lock lock(mutex_);
    if (auto held = holds_tree(to); !held) return tl::make_unexpected(held.error());
    return tlog::consistency_proof(from, to,
                                   [this](unsigned level, std::uint64_t n) { return tile(level, n); });
}

}  // namespace certledger::store
