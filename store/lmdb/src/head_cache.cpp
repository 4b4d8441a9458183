#include "head_cache.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <new>

namespace certledger::store::lmdb {
namespace {

constexpr std::size_t kEntriesAtFirst = 1024;

}  // namespace

HeadCache::HeadCache(std::size_t entries_max)
    : entries_max_(std::bit_ceil(std::max(entries_max, kWays))),
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

template <class Entries, class Look>
auto HeadCache::look(Entries& entries, const NamePrint& stream, const Look& ends) -> decltype(&entries[0]) {
    const std::size_t mask = entries.size() - 1;
    const std::size_t first = stream.low * kWays;
    for (std::size_t at = 0; at < std::min(kSets * kWays, entries.size()); ++at) {
        auto* const entry = &entries[(first + at) & mask];
        if (ends(*entry)) return entry;
    }
    return nullptr;
}

HeadCache::Entry* HeadCache::place(Table& entries, const NamePrint& stream) {
    return look(entries, stream,
                [&](const Entry& entry) { return entry.head.version == 0 || entry.stream == stream; });
}

HeadCache::Entry& HeadCache::oldest(const NamePrint& stream) {
    Entry* oldest = nullptr;
    look(entries_, stream, [&](Entry& entry) {
        if (oldest == nullptr || entry.head.position < oldest->head.position) oldest = &entry;
        return false;
    });
    return *oldest;
}

void HeadCache::prefetch(const NamePrint& stream) const {
    const Entry* set = &entries_[stream.low * kWays & (entries_.size() - 1)];
    __builtin_prefetch(set);
    __builtin_prefetch(set + 2);
}

std::optional<StreamHead> HeadCache::find(const NamePrint& stream) const {
    const Entry* found = look(entries_, stream, [&](const Entry& entry) {
        return entry.head.version == 0 || entry.stream == stream;
    });
    return found != nullptr && found->head.version != 0 ? std::optional(found->head) : std::nullopt;
}

void HeadCache::put(const NamePrint& stream, StreamHead head, Position kept_behind) {
    Entry* entry = place(entries_, stream);
    if (entry != nullptr && entry->head.version != 0) {
        // What is folded once more comes with ends that are known to have moved on since.
        if (entry->head.position <= head.position) entry->head = head;
        return;
    }
    const auto too_full = [&] { return entry == nullptr || used_ >= entries_.size() / 4 * 3; };
    while (too_full() && (entries_.size() < entries_max_ ||
                          (entry == nullptr && oldest(stream).head.position > kept_behind))) {
        grow();
        entry = place(entries_, stream);
    }
    if (entry == nullptr) {
        entry = &oldest(stream);
        whole_ = false;
    } else {
        ++used_;
    }
    *entry = {stream, head};
}

std::size_t HeadCache::spare_wanted() const {
    // Smaller ones take no time.
    constexpr std::size_t worth_it = 4096;
    const std::size_t next = entries_.size() * 2;
    if (next < worth_it || entries_.size() >= entries_max_ || used_ <= entries_.size() / 2) return 0;
    return spare_ && spare_->size() == next ? 0 : next;
}

HeadCache::Spare HeadCache::make_spare(std::size_t entries) { return Spare(entries); }

void HeadCache::keep(Spare spare) {
    if (spare.table_.size() == entries_.size() * 2) spare_ = std::move(spare.table_);
}

bool HeadCache::move_into(Table& larger) const {
    for (const Entry& entry : entries_.all()) {
        if (entry.head.version == 0) continue;
        Entry* const to = place(larger, entry.stream);
        if (to == nullptr) return false;
        *to = entry;
    }
    return true;
}

void HeadCache::grow() {
    const std::size_t size = entries_.size() * 2;
    Table larger = spare_ && spare_->size() == size ? std::move(*spare_) : Table(size);
    spare_.reset();
    // Chance may put more streams next to each other than find room there.
    while (!move_into(larger)) larger = Table(larger.size() * 2);
    entries_ = std::move(larger);
}

void HeadCache::clear() {
    entries_ = Table(std::min(entries_max_, kEntriesAtFirst));
    spare_.reset();
    used_ = 0;
    whole_ = false;
}

}  // namespace certledger::store::lmdb
