// Role: what the fast pass remembers of each stream.
#pragma once

#include <certledger/events/enums.hpp>
#include <certledger/store/event_store.hpp>
#include <cstring>
#include <optional>
#include <vector>

namespace certledger::audit {

/// Streams by the hash of their names. Two names with one hash would be taken for one stream: among ten
/// million that happens once in 300,000 logs, and shows as a fault that verify() then clears up, never as
/// none. Threads: not synchronised.
class StreamTable {
  public:
    struct Stream {
        std::uint64_t hash = 0;  ///< 0: free.
        store::Position last = 0;
        std::uint64_t version = 0;
        std::optional<events::Status> status;
    };

    StreamTable() : streams_(1024) {}

    [[nodiscard]] static std::uint64_t hash_of(std::string_view name) {
        std::uint64_t hash = 0x9E3779B97F4A7C15U ^ name.size();
        const char* at = name.data();
        std::size_t left = name.size();
        for (; left >= 8; left -= 8, at += 8) hash = mixed(hash ^ word_at(at, 8));
        if (left > 0) hash = mixed(hash ^ word_at(at, left));
        return mixed(hash) | 1U;
    }

    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&streams_[place(hash)]); }

    /// The stream with that hash, made when it is not there. The reference holds until the next call.
    [[nodiscard]] Stream& of(std::uint64_t hash) {
        if (used_ * 2 > streams_.size()) grow();
        Stream& found = streams_[slot(streams_, hash)];
        if (found.hash == 0) {
            found.hash = hash;
            ++used_;
        }
        return found;
    }
    [[nodiscard]] std::uint64_t size() const { return used_; }
    template <class Visit>
    void each(const Visit& visit) const {
        for (const Stream& stream : streams_)
            if (stream.hash != 0) visit(stream);
    }

  private:
    static std::uint64_t word_at(const char* at, std::size_t size) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, size);
        return word;
    }
    static std::uint64_t mixed(std::uint64_t word) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(word) * 0x9FB21C651E98DF25U;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    }
    [[nodiscard]] std::size_t place(std::uint64_t hash) const { return (hash >> 8U) & (streams_.size() - 1); }
    static std::size_t slot(const std::vector<Stream>& streams, std::uint64_t hash) {
        std::size_t at = (hash >> 8U) & (streams.size() - 1);
        while (streams[at].hash != 0 && streams[at].hash != hash) at = (at + 1) & (streams.size() - 1);
        return at;
    }
    void grow() {
        std::vector<Stream> larger(streams_.size() * 2);
        for (const Stream& stream : streams_)
            if (stream.hash != 0) larger[slot(larger, stream.hash)] = stream;
        streams_ = std::move(larger);
    }

    std::vector<Stream> streams_;
    std::uint64_t used_ = 0;
};

}  // namespace certledger::audit
