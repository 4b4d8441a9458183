#include "index_run.hpp"

#include <algorithm>
#include <certledger/events/little_endian.hpp>

namespace certledger::store::lmdb {

using events::append_number;
using events::load_number;
using events::store_number;

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
    const double share =
        last <= from ? 1.0 : static_cast<double>(key.hash - from) / static_cast<double>(last - from);
    auto low = static_cast<std::size_t>(std::min(share, 1.0) * static_cast<double>(count - 1));
    std::size_t high = low;
    // Away from the guess in growing steps until the key lies between.
    for (std::size_t step = 8; low > 0 && !(entry(low) < key); step *= 2) low -= std::min(low, step);
    for (std::size_t step = 8; high < count && entry(high) < key; step *= 2)
        high = std::min(count, high + step);
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
    for (unsigned shift = 64; shift > 0; shift -= 8)
        key.push_back(static_cast<std::uint8_t>(run >> (shift - 8)));
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

namespace {

/// `fan_in` runs of one class of size, and what smaller ones lie between them.
std::optional<MergeRange> one_class(std::span<const std::uint64_t> sizes, unsigned fan_in,
                                    std::uint64_t limit, std::uint64_t least, std::uint64_t entries_max) {
    MergeRange range;
    std::size_t of_class = 0;
    std::uint64_t total = 0;
    for (std::size_t i = sizes.size(); i-- > 0;) {
        const bool too_large = sizes[i] >= limit || sizes[i] > entries_max / 2;
        const bool too_many = total + sizes[i] > entries_max;
        // What would become too large with one more is merged before; it is left alone from then on.
        if (of_class >= fan_in || (too_many && of_class >= 2)) return range;
        if (too_large || too_many) {
            of_class = 0;
            total = 0;
            continue;
        }
        if (sizes[i] >= least) {
            if (of_class == 0) range.end = i + 1;
            range.begin = i;
            ++of_class;
        }
        if (of_class > 0) total += sizes[i];
    }
    if (of_class >= fan_in) return range;
    return std::nullopt;
}

/// The newest runs, as far back as none is larger than those behind it together.
std::optional<MergeRange> newest(std::span<const std::uint64_t> sizes, unsigned fan_in,
                                 std::uint64_t entries_max) {
    std::size_t begin = sizes.size();
    std::uint64_t total = 0;
    while (begin > 0 && sizes[begin - 1] <= entries_max / 2 && total + sizes[begin - 1] <= entries_max &&
           (sizes.size() - begin < fan_in || sizes[begin - 1] < total)) {
        total += sizes[--begin];
    }
    if (sizes.size() - begin < 2) return std::nullopt;
    return MergeRange{begin, sizes.size()};
}

}  // namespace

std::optional<MergeRange> runs_to_merge(std::span<const std::uint64_t> sizes, unsigned fan_in,
                                        std::uint64_t entries_max) {
    constexpr std::uint64_t smallest = 1024;
    const std::uint64_t largest = std::min(entries_max, std::uint64_t{1} << 48U);
    for (std::uint64_t limit = smallest; limit / fan_in <= largest / 2; limit *= fan_in) {
        const std::uint64_t least = limit == smallest ? 0 : limit / fan_in;
        if (const auto range = one_class(sizes, fan_in, limit, least, entries_max)) return range;
    }
    // Sizes that vary, as when many processes come and go, never make up a class.
    const auto open = std::count_if(sizes.begin(), sizes.end(),
                                    [&](std::uint64_t size) { return size <= entries_max / 2; });
    if (static_cast<std::size_t>(open) < 2 * std::size_t{fan_in} + 2) return std::nullopt;
    return newest(sizes, fan_in, entries_max);
}

}  // namespace certledger::store::lmdb
