#include "head_cache.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <random>

#include "name_hash.hpp"

namespace certledger::store::lmdb {
namespace {

constexpr std::size_t kEntriesAtFirst = 1024;

std::uint64_t draw() {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
}

}  // namespace

HeadCache::HeadCache(std::size_t entries_max)
    : entries_max_(std::bit_ceil(std::max(entries_max, kWays))),
      key_{draw(), draw()},
      entries_(std::min(entries_max_, kEntriesAtFirst)) {}

/// A random place of a large table costs a look at the page table besides; large pages, asked for before the
/// first touch, spare most of it. Where the system has none to give, nothing else changes.
HeadCache::Table::Table(std::size_t size) : size_(size), entries_(nullptr, Free{std::align_val_t{1}}) {
    constexpr std::size_t large_page = std::size_t{2} << 20U;
    const std::size_t octets = size * sizeof(Entry);
    const std::align_val_t alignment{octets >= large_page ? large_page : alignof(Entry)};
    entries_ = {static_cast<Entry*>(::operator new(octets, alignment)), Free{alignment}};
    if (octets >= large_page) ::madvise(entries_.get(), octets, MADV_HUGEPAGE);
    std::uninitialized_value_construct_n(entries_.get(), size);
}

HeadCache::Print HeadCache::print_of(std::string_view stream) const {
    using name_hash_detail::load;
    using name_hash_detail::mix;
    Print print{key_[0] ^ stream.size(), key_[1] + stream.size()};
    const char* at = stream.data();
    for (std::size_t left = stream.size(); left > 0;) {
        const std::size_t size = std::min<std::size_t>(left, 8);
        const std::uint64_t word = load(at, size);
        print.low = mix(print.low ^ word, key_[1] | 1U);
        print.high = mix(print.high + word, key_[0] | 1U);
        at += size;
        left -= size;
    }
    return {mix(print.low, key_[0] | 1U), mix(print.high, key_[1] | 1U)};
}

void HeadCache::prefetch(std::string_view stream) const {
    const Entry* set = &entries_[set_of(print_of(stream))];
    __builtin_prefetch(set);
    __builtin_prefetch(set + 2);
}

std::optional<StreamHead> HeadCache::find(std::string_view stream) const {
    const Print print = print_of(stream);
    const Entry* set = &entries_[set_of(print)];
    for (std::size_t way = 0; way < kWays; ++way) {
        if (set[way].low == print.low && set[way].high == print.high && set[way].head.version != 0)
            return set[way].head;
    }
    return std::nullopt;
}

HeadCache::Entry& HeadCache::place(const Print& print) {
    Entry* set = &entries_[set_of(print)];
    Entry* chosen = set;
    for (std::size_t way = 0; way < kWays; ++way) {
        Entry& entry = set[way];
        if (entry.low == print.low && entry.high == print.high) return entry;
        // A free one has position 0 and so is chosen before any other.
        if (entry.head.position < chosen->head.position) chosen = &entry;
    }
    return *chosen;
}

void HeadCache::put(std::string_view stream, StreamHead head, Position kept_behind) {
    const Print print = print_of(stream);
    Entry* entry = &place(print);
    const bool known = entry->low == print.low && entry->high == print.high && entry->head.version != 0;
    // What is folded once more comes with ends that are known to have moved on since.
    if (known && entry->head.position > head.position) return;
    if (!known) {
        // Sets fill unevenly: room is made before many of them are full.
        while (entry->head.version != 0 &&
               (entries_.size() < entries_max_ || entry->head.position > kept_behind)) {
            grow();
            entry = &place(print);
        }
        if (entry->head.version != 0) whole_ = false;
        if (entry->head.version == 0) ++used_;
    }
    *entry = {print.low, print.high, head};
    if (used_ > entries_.size() / 2 && entries_.size() < entries_max_) grow();
}

void HeadCache::grow() {
    Table before(entries_.size() * 2);
    std::swap(before, entries_);
    for (const Entry& entry : before.all()) {
        if (entry.head.version == 0) continue;
        Entry& to = place({entry.low, entry.high});
        // A set of the larger table takes from one set of the smaller: there is room for all.
        to = entry;
    }
}

void HeadCache::clear() {
    entries_ = Table(std::min(entries_max_, kEntriesAtFirst));
    used_ = 0;
    whole_ = false;
}

}  // namespace certledger::store::lmdb
