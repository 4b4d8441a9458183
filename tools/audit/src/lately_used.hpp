// Role: keeps what was used last of any number of things that can be made again.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace certledger::audit {

/// Values by name. Only trim() forgets: until then references hold. Not thread-safe.
template <class Value>
class LatelyUsed {
  public:
    /// Null when it is not kept.
    [[nodiscard]] Value* find(const std::string& name) {
        const auto found = kept_.find(name);
        if (found == kept_.end()) return nullptr;
        by_use_.splice(by_use_.begin(), by_use_, found->second.place);
        return &found->second.value;
    }
    /// One that is not kept yet.
    Value& keep(const std::string& name, Value value) {
        const auto made = kept_.emplace(name, Held{std::move(value), {}}).first;
        by_use_.push_front(&made->first);
        made->second.place = by_use_.begin();
        return made->second.value;
    }
    /// Forgets those that were not used for longest, until so many are left.
    void trim(std::size_t most) {
        while (kept_.size() > most) {
            kept_.erase(kept_.find(*by_use_.back()));
            by_use_.pop_back();
        }
    }
    void clear() {
        kept_.clear();
        by_use_.clear();
    }

  private:
    using Uses = std::list<const std::string*>;
    struct Held {
        Value value;
        Uses::iterator place;
    };
    std::unordered_map<std::string, Held> kept_;
    Uses by_use_;  ///< The latest first.
};

}  // namespace certledger::audit
