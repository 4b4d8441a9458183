// Role: what the index will hold about the log's newest records, in memory until it is written: where each
// stream's last record stands, and those of each key.
#pragma once

#include <certledger/store/event_store.hpp>
#include <string>
#include <vector>

#include "name_hash.hpp"

namespace certledger::store::lmdb {

/// One entry of the index: a name's hash and where a record with it stands.
struct IndexEntry {
    std::uint64_t hash = 0;
    Position position = 0;
    friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

/// The ends of the streams themselves are HeadCache's. Threads: not synchronised. Memory: some 100 octets a
/// record at most.
class TailTable {
  public:
    /// Of the records behind `begin`. Only the bits of `hash_mask` count: tests make names collide by it.
    explicit TailTable(Position begin, std::uint64_t hash_mask = ~std::uint64_t{0})
        : begin_(begin), hash_mask_(hash_mask) {}

    [[nodiscard]] std::uint64_t hash_of(NameKind kind, std::string_view name) const {
        return name_hash(kind, name) & hash_mask_;
    }

    /// Position of the last record that it was told of.
    [[nodiscard]] Position end() const { return begin_ + streams_.size(); }

    /// The next record: its position is one more than that of the last. `previous` is that of its stream.
    void add_stream(std::string_view stream, Position position, Position previous);
    /// A key of that record.
    void add_key(std::string_view key, Position position);

    /// Positions of the records with that key, newest first.
    [[nodiscard]] std::vector<Position> key(std::string_view name) const;
    [[nodiscard]] Position newest_of_key(std::string_view name) const;

    /// Everything, sorted.
    [[nodiscard]] std::vector<IndexEntry> entries() const;

  private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    struct Key {
        std::uint64_t hash = 0;
        std::uint32_t text_at = 0;
        std::uint32_t text_size = 0;
        std::uint32_t newest = kNone;  ///< Index into places_.
    };
    /// The tag spares a look at keys that only share the slot.
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t key = kNone;
    };
    /// Of a record's stream; `superseded` when a later record of it follows.
    struct StreamEntry {
        std::uint64_t hash = 0;
        bool superseded = false;
    };
    struct Place {
        Position position = 0;
        std::uint32_t older = kNone;
    };

    [[nodiscard]] const Key* find(std::string_view key) const;
    [[nodiscard]] Key& find_or_add(std::string_view key);
    [[nodiscard]] std::size_t slot_of(std::uint64_t hash, std::string_view key) const;
    void grow();

    Position begin_;
    std::uint64_t hash_mask_;
    std::vector<StreamEntry> streams_;  ///< By position, from begin_ + 1.
    std::string texts_;
    std::vector<Key> keys_;
    std::vector<Place> places_;
    std::vector<Slot> slots_;  ///< Open addressing by hash: index into keys_.
};

}  // namespace certledger::store::lmdb
