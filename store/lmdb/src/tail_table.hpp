// Role: what the index will hold about the log's newest records, in memory until it is written: the end of
// each stream and the positions of each key.
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

/// Threads: not synchronised. Memory: some 100 octets a record at most, all given back by clear().
class TailTable {
  public:
    /// Only the bits of `hash_mask` count: tests make names collide by it.
    explicit TailTable(std::uint64_t hash_mask = ~std::uint64_t{0}) : hash_mask_(hash_mask) {}

    [[nodiscard]] std::uint64_t hash_of(NameKind kind, std::string_view name) const {
        return name_hash(kind, name) & hash_mask_;
    }

    /// Records come in order of their positions.
    void add_stream(std::string_view stream, StreamHead head);
    void add_key(std::string_view key, Position position);

    /// The stream's end; version 0 when no record of it was added.
    [[nodiscard]] StreamHead stream(std::string_view name) const;
    /// Positions of the records with that key, newest first.
    [[nodiscard]] std::vector<Position> key(std::string_view name) const;
    [[nodiscard]] Position newest_of_key(std::string_view name) const;

    /// Everything, sorted.
    [[nodiscard]] std::vector<IndexEntry> entries() const;
    [[nodiscard]] bool empty() const { return names_.empty(); }
    void clear();

  private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    struct Name {
        std::uint64_t hash = 0;
        NameKind kind = NameKind::stream;
        std::uint32_t text_at = 0;
        std::uint32_t text_size = 0;
        StreamHead head;               ///< Of a stream.
        std::uint32_t newest = kNone;  ///< Of a key: index into places_.
    };
    /// The tag spares a look at names that only share the slot.
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t name = kNone;
    };
    struct Place {
        Position position = 0;
        std::uint32_t older = kNone;
    };

    [[nodiscard]] const Name* find(NameKind kind, std::string_view name) const;
    [[nodiscard]] Name& find_or_add(NameKind kind, std::string_view name);
    [[nodiscard]] std::size_t slot_of(std::uint64_t hash, NameKind kind, std::string_view name) const;
    void grow();

    std::uint64_t hash_mask_;
    std::string texts_;
    std::vector<Name> names_;
    std::vector<Place> places_;
    std::vector<Slot> slots_;  ///< Open addressing by hash: index into names_.
};

}  // namespace certledger::store::lmdb
