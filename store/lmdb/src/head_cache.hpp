// Role: ends of streams that a process has met, so that a writer which runs for long need not ask the index.
//
// A stream is known by the print of its name, which spares the look at the record that the index needs.
#pragma once

#include <certledger/store/event_store.hpp>
#include <certledger/store/name_print.hpp>
#include <memory>
#include <new>
#include <optional>
#include <span>

namespace certledger::store::lmdb {

/// Threads: not synchronised. Memory: 32 octets an entry, up to three quarters of them in use, and while a
/// larger table is made three times as much; at most `entries_max` or some times as many as must be kept.
class HeadCache {
  public:
    /// `entries_max` is rounded up to a power of two.
    explicit HeadCache(std::size_t entries_max);

    /// The stream's end has moved; one that lies before what is known changes nothing. May push out the end
    /// of another that has not moved for longer, but none behind `kept_behind`: rather it takes more memory.
    void put(const NamePrint& stream, StreamHead head, Position kept_behind);
    [[nodiscard]] std::optional<StreamHead> find(const NamePrint& stream) const;
    /// Asks the memory for what find() and put() will look at.
    void prefetch(const NamePrint& stream) const;

    /// Memory that was never used takes long at its first touch, so a table that will be too small soon has
    /// the next one made beforehand, by whoever has time. Entries that it is to have; 0: none is wanted.
    [[nodiscard]] std::size_t spare_wanted() const;
    class Spare;
    /// Threads: any, besides everything else.
    [[nodiscard]] static Spare make_spare(std::size_t entries);
    /// Is put aside until it is needed.
    void keep(Spare spare);

    /// From now on it is told of every record of the log from its first on, until clear().
    void begin_whole() { whole_ = true; }
    /// Whether a stream that it does not find does not exist.
    [[nodiscard]] bool whole() const { return whole_; }
    void clear();

  private:
    static constexpr std::size_t kWays = 4;
    /// A stream that finds its own set full goes into one of the next: so many in all.
    static constexpr std::size_t kSets = 16;

    struct Entry {
        NamePrint stream;
        StreamHead head;  ///< Version 0: free.
    };

    /// Entries that are free at first.
    class Table {
      public:
        explicit Table(std::size_t size);
        [[nodiscard]] std::size_t size() const { return size_; }
        [[nodiscard]] Entry& operator[](std::size_t index) { return entries_[index]; }
        [[nodiscard]] const Entry& operator[](std::size_t index) const { return entries_[index]; }
        [[nodiscard]] std::span<const Entry> all() const { return {entries_.get(), size_}; }

      private:
        struct Free {
            std::align_val_t alignment;
            void operator()(Entry* entries) const { ::operator delete(entries, alignment); }
        };
        std::size_t size_;
        std::unique_ptr<Entry[], Free> entries_;
    };

    /// The way from a stream's own set on, which ends at the first free entry: none is ever freed.
    template <class Entries, class Look>
    static auto look(Entries& entries, const NamePrint& stream, const Look& ends) -> decltype(&entries[0]);
    /// Its entry, or a free one for it; nothing: there is no room where it would be looked for.
    [[nodiscard]] static Entry* place(Table& entries, const NamePrint& stream);
    /// The one where it would be looked for that has not moved for longest.
    [[nodiscard]] Entry& oldest(const NamePrint& stream);
    [[nodiscard]] bool move_into(Table& larger) const;
    void grow();

    std::size_t entries_max_;
    Table entries_;
    std::optional<Table> spare_;
    std::size_t used_ = 0;
    bool whole_ = false;
};

class HeadCache::Spare {
  private:
    friend class HeadCache;
    explicit Spare(std::size_t entries) : table_(entries) {}
    Table table_;
};

}  // namespace certledger::store::lmdb
