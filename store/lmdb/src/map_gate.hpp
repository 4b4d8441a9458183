// Role: LMDB's map may only be resized while no transaction of this process is open. Readers pass this gate;
// whoever resizes waits until all have left it.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace certledger::store::lmdb {

class MapGate {
  public:
    /// A thread that is inside already passes at once, also while somebody waits for the gate: else both
    /// would wait for ever.
    void enter() {
        std::unique_lock lock(mutex_);
        if (!held_by_this_thread()) changed_.wait(lock, [this] { return !resizing_; });
        ++inside_;
        held().push_back(this);
    }
    void leave() {
        auto& mine = held();
        mine.erase(std::find(mine.begin(), mine.end(), this));
        const std::lock_guard lock(mutex_);
        if (--inside_ == 0) changed_.notify_all();
    }

    template <class Resize>
    auto alone(Resize&& resize) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !resizing_; });
        resizing_ = true;
        changed_.wait(lock, [this] { return inside_ == 0; });
        const auto outcome = resize();
        resizing_ = false;
        changed_.notify_all();
        return outcome;
    }

    [[nodiscard]] bool held_by_this_thread() const {
        const auto& mine = held();
        return std::find(mine.begin(), mine.end(), this) != mine.end();
    }

  private:
    static std::vector<const MapGate*>& held() {
        thread_local std::vector<const MapGate*> gates;
        return gates;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned inside_ = 0;
    bool resizing_ = false;
};

}  // namespace certledger::store::lmdb
