// Role: one sorted run of the index: entries (hash, position) of the names in a range of positions, in
// segments.
//
//   run        u32 CRC-32C of the rest, u64 from, u64 to, u64 entries, u64 last hash, then for each segment
//              u64 first hash, u64 first position, u32 entries
//   segment    u32 CRC-32C of the rest, u32 entries, then for each u64 hash, u64 position; sorted
//
// All little-endian. A run never changes; of a stream it holds at least the last position in its range.
#pragma once

#include <atomic>
#include <certledger/store/lmdb/transaction.hpp>
#include <memory>
#include <vector>

#include "tail_table.hpp"

namespace certledger::store::lmdb {

/// As many as make a value of whole pages.
inline constexpr std::size_t kSegmentEntries = 4094;

struct SegmentHead {
    IndexEntry first;
    std::uint32_t entries = 0;
};

/// A segment's entries where they lie.
struct SegmentView {
    const std::uint8_t* at = nullptr;
    std::size_t count = 0;

    [[nodiscard]] IndexEntry entry(std::size_t index) const;
    /// Index of the first entry that is not below `key`. The hashes spread evenly from that of `from` to
    /// `last`, or it only takes longer.
    [[nodiscard]] std::size_t lower_bound(const IndexEntry& key, std::uint64_t from,
                                          std::uint64_t last) const;
};

struct Run {
    std::uint64_t id = 0;
    Position from = 0;  ///< First position it covers.
    Position to = 0;    ///< Last position it covers.
    std::uint64_t entries = 0;
    std::uint64_t last_hash = 0;
    std::vector<SegmentHead> segments;

    [[nodiscard]] events::Bytes encode() const;
    [[nodiscard]] static Result<Run> decode(std::uint64_t id, Octets value);
    /// The segment in which the entry before `key` stands; nothing when every entry is at or behind it.
    [[nodiscard]] std::optional<std::size_t> segment_before(const IndexEntry& key) const;
    [[nodiscard]] std::uint64_t last_hash_of(std::size_t segment) const {
        return segment + 1 < segments.size() ? segments[segment + 1].first.hash : last_hash;
    }
};

[[nodiscard]] events::Bytes segment_key(std::uint64_t run, std::uint32_t segment);
[[nodiscard]] std::size_t segment_size(std::size_t entries);
void write_segment(std::span<const IndexEntry> entries, std::span<std::uint8_t> out);
/// damaged: the checksum or the number of entries does not fit.
[[nodiscard]] Result<SegmentView> read_segment(Octets value, std::uint32_t entries);

/// Which runs to merge next, of runs by age, oldest first: a range of indexes, or nothing. Keeps the number
/// of runs logarithmic: `fan_in` neighbours of about one size become one, as long as that has no more than
/// `entries_max`.
struct MergeRange {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const MergeRange&, const MergeRange&) = default;
};
[[nodiscard]] std::optional<MergeRange> runs_to_merge(std::span<const std::uint64_t> sizes, unsigned fan_in,
                                                      std::uint64_t entries_max);

}  // namespace certledger::store::lmdb
