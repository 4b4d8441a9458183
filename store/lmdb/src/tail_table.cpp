#include "tail_table.hpp"

#include <algorithm>

namespace certledger::store::lmdb {

std::size_t TailTable::slot_of(std::uint64_t hash, NameKind kind, std::string_view name) const {
    const std::size_t mask = slots_.size() - 1;
    // A masked hash has few values, so the upper half alone does not spread; both are folded together.
    for (std::size_t slot = (hash ^ (hash >> 32U)) & mask;; slot = (slot + 1) & mask) {
        if (slots_[slot].name == kNone) return slot;
        if (slots_[slot].tag != static_cast<std::uint32_t>(hash)) continue;
        const Name& held = names_[slots_[slot].name];
        if (held.hash == hash && held.kind == kind &&
            std::string_view(texts_).substr(held.text_at, held.text_size) == name) {
            return slot;
        }
    }
}

const TailTable::Name* TailTable::find(NameKind kind, std::string_view name) const {
    if (slots_.empty()) return nullptr;
    const std::uint32_t index = slots_[slot_of(hash_of(kind, name), kind, name)].name;
    return index == kNone ? nullptr : &names_[index];
}

void TailTable::grow() {
    slots_.assign(std::max<std::size_t>(slots_.size() * 2, 64), Slot{});
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
        std::size_t slot = (names_[i].hash ^ (names_[i].hash >> 32U)) & mask;
        while (slots_[slot].name != kNone) slot = (slot + 1) & mask;
        slots_[slot] = {static_cast<std::uint32_t>(names_[i].hash), i};
    }
}

TailTable::Name& TailTable::find_or_add(NameKind kind, std::string_view name) {
    if (names_.size() * 2 >= slots_.size()) grow();
    const std::uint64_t hash = hash_of(kind, name);
    const std::size_t slot = slot_of(hash, kind, name);
    if (slots_[slot].name == kNone) {
        slots_[slot] = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(names_.size())};
        names_.push_back({hash,
                          kind,
                          static_cast<std::uint32_t>(texts_.size()),
                          static_cast<std::uint32_t>(name.size()),
                          {},
                          kNone});
        texts_.append(name);
    }
    return names_[slots_[slot].name];
}

void TailTable::add_stream(std::string_view stream, StreamHead head) {
    find_or_add(NameKind::stream, stream).head = head;
}

void TailTable::add_key(std::string_view key, Position position) {
    Name& name = find_or_add(NameKind::key, key);
    // A record that names a key twice is found once.
    if (name.newest != kNone && places_[name.newest].position == position) return;
    places_.push_back({position, name.newest});
    name.newest = static_cast<std::uint32_t>(places_.size() - 1);
}

StreamHead TailTable::stream(std::string_view name) const {
    const Name* found = find(NameKind::stream, name);
    return found == nullptr ? StreamHead{} : found->head;
}

std::vector<Position> TailTable::key(std::string_view name) const {
    std::vector<Position> positions;
    const Name* found = find(NameKind::key, name);
    for (std::uint32_t i = found == nullptr ? kNone : found->newest; i != kNone; i = places_[i].older)
        positions.push_back(places_[i].position);
    return positions;
}

Position TailTable::newest_of_key(std::string_view name) const {
    const Name* found = find(NameKind::key, name);
    return found == nullptr ? 0 : places_[found->newest].position;
}

std::vector<IndexEntry> TailTable::entries() const {
    std::vector<IndexEntry> all;
    all.reserve(names_.size() + places_.size());
    for (const Name& name : names_) {
        if (name.kind == NameKind::stream) all.push_back({name.hash, name.head.position});
        for (std::uint32_t i = name.newest; i != kNone; i = places_[i].older)
            all.push_back({name.hash, places_[i].position});
    }
    std::sort(all.begin(), all.end());
    // A stream and a key may have the same hash and stand in the same record.
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

void TailTable::clear() {
    texts_.clear();
    names_.clear();
    places_.clear();
    std::fill(slots_.begin(), slots_.end(), Slot{});
}

}  // namespace certledger::store::lmdb
