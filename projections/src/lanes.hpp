// Role: the same work on several threads at once.
#pragma once

#include <certledger/events/result.hpp>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace certledger::projections {

/// Runs `work(lane)` on so many threads, this one among them, and gives the worst of the outcomes: an error,
/// else whether all are good.
template <class Work>
Result<bool> in_lanes(std::size_t lanes, const Work& work) {
    std::vector<Result<bool>> outcomes(lanes, Result<bool>(false));
    std::vector<std::exception_ptr> thrown(lanes);
    const auto run = [&](std::size_t lane) {
        try {
            outcomes[lane] = work(lane);
        } catch (...) {
            thrown[lane] = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t lane = 1; lane < lanes; ++lane) threads.emplace_back(run, lane);
    run(0);
    for (auto& thread : threads) thread.join();
    for (const auto& exception : thrown) {
        if (exception) std::rethrow_exception(exception);
    }
    bool good = true;
    for (auto& outcome : outcomes) {
        if (!outcome) return outcome;
        good = good && *outcome;
    }
    return good;
}

}  // namespace certledger::projections
