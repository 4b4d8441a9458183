// Role: folded states by id, as many as may be kept, those used last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace certledger::engine {

/// References to entries stay good until the entry is evicted; find() and insert() evict nothing.
template <class State>
class StateCache {
  public:
    struct Entry {
        std::string id;
        State state;
        std::uint64_t read_in = 0;  ///< The last batch that looked at it.
        bool pending = false;       ///< Holds events that are not committed.
    };

    explicit StateCache(std::size_t most) : most_(most) {}

    /// Null when it is not here; otherwise it counts as used just now.
    [[nodiscard]] Entry* find(std::string_view id) {
        const auto found = index_.find(id);
        if (found == index_.end()) return nullptr;
        if (found->second != entries_.begin()) entries_.splice(entries_.begin(), entries_, found->second);
        return &entries_.front();
    }

    /// The id must not be here.
    Entry& insert(std::string id, State state) {
        entries_.push_front(Entry{std::move(id), std::move(state), 0, false});
        index_.emplace(entries_.front().id, entries_.begin());
        return entries_.front();
    }

    void evict(std::string_view id) {
        const auto found = index_.find(id);
        if (found == index_.end()) return;
        const auto entry = found->second;
        index_.erase(found);
        entries_.erase(entry);
    }

    /// The entry holds events that are not committed from now on.
    void mark_pending(Entry& entry) {
        if (entry.pending) return;
        entry.pending = true;
        pending_.push_back(&entry);
    }

    /// What was pending is committed.
    void settle() {
        for (Entry* entry : pending_) entry->pending = false;
        pending_.clear();
    }

    void evict_pending() {
        for (Entry* entry : pending_) evict(entry->id);
        pending_.clear();
    }

    /// Nothing may be pending.
    void clear() {
        index_.clear();
        entries_.clear();
    }

    /// Evicts those used longest ago until no more than the limit are left. Nothing may be pending.
    void trim() {
        while (entries_.size() > most_) {
            index_.erase(entries_.back().id);
            entries_.pop_back();
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    std::size_t most_;
    std::list<Entry> entries_;  ///< Those used last come first.
    std::vector<Entry*> pending_;
    std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
};

}  // namespace certledger::engine
