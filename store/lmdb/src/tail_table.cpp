#include "tail_table.hpp"

#include <algorithm>
#include <certledger/events/contract.hpp>

namespace certledger::store::lmdb {

// ---- streams -------------------------------------------------------------------------------------------

void TailTable::add_stream(std::string_view stream, Position position, Position previous) {
    CERTLEDGER_CHECK(position == begin_ + streams_.size() + 1);
    const std::uint64_t hash = hash_of(NameKind::stream, stream);
    if (previous > begin_ && previous < position) {
        StreamEntry& before = streams_[previous - begin_ - 1];
        // In a log that lies about it the entry stays: one too many does no harm, one too few would.
        before.superseded = before.superseded || before.hash == hash;
    }
    streams_.push_back({hash, false});
}

// ---- keys ----------------------------------------------------------------------------------------------

std::size_t TailTable::slot_of(std::uint64_t hash, std::string_view key) const {
    const std::size_t mask = slots_.size() - 1;
    // A masked hash has few values, so the upper half alone does not spread; both are folded together.
    for (std::size_t slot = (hash ^ (hash >> 32U)) & mask;; slot = (slot + 1) & mask) {
        if (slots_[slot].key == kNone) return slot;
        if (slots_[slot].tag != static_cast<std::uint32_t>(hash)) continue;
        const Key& held = keys_[slots_[slot].key];
        if (held.hash == hash && std::string_view(texts_).substr(held.text_at, held.text_size) == key)
            return slot;
    }
}

const TailTable::Key* TailTable::find(std::string_view key) const {
    if (slots_.empty()) return nullptr;
    const std::uint32_t index = slots_[slot_of(hash_of(NameKind::key, key), key)].key;
    return index == kNone ? nullptr : &keys_[index];
}

void TailTable::grow() {
    slots_.assign(std::max<std::size_t>(slots_.size() * 2, 64), Slot{});
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
        std::size_t slot = (keys_[i].hash ^ (keys_[i].hash >> 32U)) & mask;
        while (slots_[slot].key != kNone) slot = (slot + 1) & mask;
        slots_[slot] = {static_cast<std::uint32_t>(keys_[i].hash), i};
    }
}

TailTable::Key& TailTable::find_or_add(std::string_view key) {
    if (keys_.size() * 2 >= slots_.size()) grow();
    const std::uint64_t hash = hash_of(NameKind::key, key);
    const std::size_t slot = slot_of(hash, key);
    if (slots_[slot].key == kNone) {
        slots_[slot] = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(keys_.size())};
        keys_.push_back(
            {hash, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(key.size()), kNone});
        texts_.append(key);
    }
    return keys_[slots_[slot].key];
}

void TailTable::add_key(std::string_view key, Position position) {
    Key& held = find_or_add(key);
    // A record that names a key twice is found once.
    if (held.newest != kNone && places_[held.newest].position == position) return;
    places_.push_back({position, held.newest});
    held.newest = static_cast<std::uint32_t>(places_.size() - 1);
}

std::vector<Position> TailTable::key(std::string_view name) const {
    std::vector<Position> positions;
    const Key* found = find(name);
    for (std::uint32_t i = found == nullptr ? kNone : found->newest; i != kNone; i = places_[i].older)
        positions.push_back(places_[i].position);
    return positions;
}

Position TailTable::newest_of_key(std::string_view name) const {
    const Key* found = find(name);
    return found == nullptr ? 0 : places_[found->newest].position;
}

// ---- both ----------------------------------------------------------------------------------------------

std::vector<IndexEntry> TailTable::entries() const {
    std::vector<IndexEntry> all;
    all.reserve(streams_.size() + places_.size());
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        if (!streams_[i].superseded) all.push_back({streams_[i].hash, begin_ + i + 1});
    }
    for (const Key& key : keys_) {
        for (std::uint32_t i = key.newest; i != kNone; i = places_[i].older)
            all.push_back({key.hash, places_[i].position});
    }
    std::sort(all.begin(), all.end());
    // A stream and a key may have the same hash and stand in the same record.
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace certledger::store::lmdb
