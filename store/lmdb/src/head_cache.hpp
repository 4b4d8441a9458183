// Role: ends of streams that a process has met, so that a writer which runs for long need not ask the index.
//
// A stream is known by 128 bits of its name, hashed under a key that is drawn anew for each cache: nobody can
// choose two names that meet, and among as many streams as memory holds it does not happen by chance. That
// spares the look at the record which the index needs.
#pragma once

#include <certledger/store/event_store.hpp>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>

namespace certledger::store::lmdb {

/// Threads: not synchronised. Memory: 32 octets an entry, at most `entries_max` of
/// them or some times as many as must be kept.
class HeadCache {
  public:
    /// `entries_max` is rounded up to a power of two.
    explicit HeadCache(std::size_t entries_max);

    /// The stream's end has moved; one that lies before what is known changes nothing. May push out the end
    /// of another that has not moved for longer, but none behind `kept_behind`: rather it takes more memory.
    void put(std::string_view stream, StreamHead head, Position kept_behind);
    [[nodiscard]] std::optional<StreamHead> find(std::string_view stream) const;
    /// Asks the memory for what find() and put() will look at.
    void prefetch(std::string_view stream) const;

    /// From now on it is told of every record of the log from its first on, until clear().
    void begin_whole() { whole_ = true; }
    /// Whether a stream that it does not find does not exist.
    [[nodiscard]] bool whole() const { return whole_; }
    void clear();

  private:
    static constexpr std::size_t kWays = 4;

    struct Entry {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        StreamHead head;  ///< Version 0: free.
    };
    struct Print {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
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

    [[nodiscard]] Print print_of(std::string_view stream) const;
    [[nodiscard]] std::size_t set_of(const Print& print) const {
        return (print.low & (entries_.size() / kWays - 1)) * kWays;
    }
    /// The entry of that stream, or the one to be used for it.
    [[nodiscard]] Entry& place(const Print& print);
    void grow();

    std::size_t entries_max_;
    std::uint64_t key_[2];
    Table entries_;
    std::size_t used_ = 0;
    bool whole_ = false;
};

}  // namespace certledger::store::lmdb
