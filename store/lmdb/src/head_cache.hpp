// Role: ends of streams that a process has met, so that a writer which runs for long need not ask the index.
//
// A stream is known by 128 bits of its name, hashed under a key that is drawn anew for each cache: nobody can
// choose two names that meet, and among as many streams as memory holds it does not happen by chance. That
// spares the look at the record which the index needs.
#pragma once

#include <certledger/store/event_store.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace certledger::store::lmdb {

/// Threads: not synchronised. Memory: 32 octets an entry, at most `entries_max` of them.
class HeadCache {
  public:
    /// `entries_max` is rounded up to a power of two.
    explicit HeadCache(std::size_t entries_max);

    /// The stream's end has moved; one that lies before what is known changes nothing. May push out the end
    /// of another that has not moved for longer.
    void put(std::string_view stream, StreamHead head);
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

    [[nodiscard]] Print print_of(std::string_view stream) const;
    [[nodiscard]] std::size_t set_of(const Print& print) const {
        return (print.low & (entries_.size() / kWays - 1)) * kWays;
    }
    /// The entry of that stream, or the one to be used for it.
    [[nodiscard]] Entry& place(const Print& print);
    void grow();

    std::size_t entries_max_;
    std::uint64_t key_[2];
    std::vector<Entry> entries_;
    std::size_t used_ = 0;
    bool whole_ = false;
};

}  // namespace certledger::store::lmdb
