// Threads that do the same at once.
#pragma once

#include <thread>
#include <vector>

namespace certledger::store::testing {

/// Runs `work(number)` on so many threads, counted from 0. Ends after them.
class Threads {
  public:
    template <class Work>
    Threads(std::size_t count, const Work& work) {
        for (std::size_t number = 0; number < count; ++number) threads_.emplace_back(work, number);
    }
    ~Threads() { join(); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    /// Waits until all have ended.
    void join() {
        for (std::thread& thread : threads_) {
            if (thread.joinable()) thread.join();
        }
    }

  private:
    std::vector<std::thread> threads_;
};

}  // namespace certledger::store::testing
