#include "index_run.hpp"

#include <algorithm>

#include "little_endian.hpp"

namespace certledger::store::lmdb {
namespace {

constexpr std::size_t kRunHead = 4 + 4 * 8;
constexpr std::size_t kSegmentHead = 8 + 8 + 4;
constexpr std::size_t kEntry = 16;

tl::unexpected<Error> damaged(const char* rule) {
    return fail(ErrorKind::damaged, std::string("index: ") + rule);
}

bool checksum_holds(Octets value) {
    return value.size() >= 4 && load_number<std::uint32_t>(value.data()) == events::crc32c(value.subspan(4));
}

void store_entry(std::uint8_t* at, const IndexEntry& entry) {
    store_number(at, entry.hash);
    store_number(at + 8, entry.position);
}

}  // namespace

IndexEntry SegmentView::entry(std::size_t index) const {
    const std::uint8_t* place = at + kEntry * index;
    return {load_number<std::uint64_t>(place), load_number<std::uint64_t>(place + 8)};
}

std::size_t SegmentView::lower_bound(const IndexEntry& key, std::uint64_t from, std::uint64_t last) const {
    if (count == 0 || key.hash < from) return 0;
    const double share = last <= from ? 1.0 : static_cast<double>(key.hash - from) / static_cast<double>(last - from);
    auto low = static_cast<std::size_t>(std::min(share, 1.0) * static_cast<double>(count - 1));
    std::size_t high = low;
    // Away from the guess in growing steps until the key lies between.
    for (std::size_t step = 8; low > 0 && !(entry(low) < key); step *= 2) low -= std::min(low, step);
    for (std::size_t step = 8; high < count && entry(high) < key; step *= 2) high = std::min(count, high + step);
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (entry(middle) < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

events::Bytes Run::encode() const {
    events::Bytes out(4);
    append_number(out, from);
    append_number(out, to);
    append_number(out, entries);
    append_number(out, last_hash);
    for (const SegmentHead& segment : segments) {
        append_number(out, segment.first.hash);
        append_number(out, segment.first.position);
        append_number(out, segment.entries);
    }
    store_number(out.data(), events::crc32c(Octets(out).subspan(4)));
    return out;
}

Result<Run> Run::decode(std::uint64_t id, Octets value) {
    if (!checksum_holds(value)) return damaged("the checksum of a run does not match");
    if (value.size() < kRunHead || (value.size() - kRunHead) % kSegmentHead != 0)
        return damaged("a run has the wrong size");
    const std::uint8_t* at = value.data() + 4;
    Run run;
    run.id = id;
    run.from = load_number<std::uint64_t>(at);
    run.to = load_number<std::uint64_t>(at + 8);
    run.entries = load_number<std::uint64_t>(at + 16);
    run.last_hash = load_number<std::uint64_t>(at + 24);
    run.segments.resize((value.size() - kRunHead) / kSegmentHead);
    at = value.data() + kRunHead;
    for (SegmentHead& segment : run.segments) {
        segment.first = {load_number<std::uint64_t>(at), load_number<std::uint64_t>(at + 8)};
        segment.entries = load_number<std::uint32_t>(at + 16);
        at += kSegmentHead;
    }
    return run;
}

std::optional<std::size_t> Run::segment_before(const IndexEntry& key) const {
    const auto behind = std::partition_point(segments.begin(), segments.end(),
                                             [&](const SegmentHead& segment) { return segment.first < key; });
    if (behind == segments.begin()) return std::nullopt;
    return static_cast<std::size_t>(behind - segments.begin()) - 1;
}

events::Bytes segment_key(std::uint64_t run, std::uint32_t segment) {
    events::Bytes key;
    for (unsigned shift = 64; shift > 0; shift -= 8) key.push_back(static_cast<std::uint8_t>(run >> (shift - 8)));
    for (unsigned shift = 32; shift > 0; shift -= 8)
        key.push_back(static_cast<std::uint8_t>(segment >> (shift - 8)));
    return key;
}

std::size_t segment_size(std::size_t entries) { return 8 + kEntry * entries; }

void write_segment(std::span<const IndexEntry> entries, std::span<std::uint8_t> out) {
    store_number(out.data() + 4, static_cast<std::uint32_t>(entries.size()));
    std::uint8_t* at = out.data() + 8;
    for (const IndexEntry& entry : entries) {
        store_entry(at, entry);
        at += kEntry;
    }
    store_number(out.data(), events::crc32c(Octets(out).subspan(4)));
}

Result<SegmentView> read_segment(Octets value, std::uint32_t entries) {
    if (value.size() != segment_size(entries)) return damaged("a segment has the wrong size");
    if (!checksum_holds(value)) return damaged("the checksum of a segment does not match");
    return SegmentView{value.data() + 8, entries};
}

std::optional<MergeRange> runs_to_merge(std::span<const std::uint64_t> sizes, unsigned fan_in,
                                        std::uint64_t entries_max) {
    constexpr std::uint64_t smallest = 1024;
    for (std::uint64_t limit = smallest; limit <= entries_max / 2 * fan_in; limit *= fan_in) {
        std::size_t end = sizes.size();
        while (end > 0) {
            if (sizes[end - 1] >= limit || sizes[end - 1] > entries_max / 2) {
                --end;
                continue;
            }
            std::size_t begin = end;
            std::uint64_t total = 0;
            while (begin > 0 && sizes[begin - 1] < limit && sizes[begin - 1] <= entries_max / 2 &&
                   total + sizes[begin - 1] <= entries_max) {
                total += sizes[--begin];
            }
            if (end - begin >= fan_in) return MergeRange{begin, end};
            end = begin;
        }
    }
    return std::nullopt;
}

}  // namespace certledger::store::lmdb
