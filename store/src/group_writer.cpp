#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/group_writer.hpp>

namespace certledger::store {

GroupWriter::GroupWriter(EventStore& engine, Limits limits) : engine_(engine), limits_(limits) {
    CERTLEDGER_CHECK(limits.queued > 0 && limits.committed > 0);
    thread_ = std::thread([this] { run(); });
}

GroupWriter::~GroupWriter() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    queued_.notify_one();
    thread_.join();
}

void GroupWriter::submit(Append append, Done done) {
    {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return queue_.size() < limits_.queued; });
        queue_.push_back(std::move(append));
        waiting_.push_back(std::move(done));
    }
    queued_.notify_one();
}

std::future<Result<std::vector<Stored>>> GroupWriter::submit(Append append) {
    const auto promise = std::make_shared<std::promise<Result<std::vector<Stored>>>>();
    auto answer = promise->get_future();
    submit(std::move(append), [promise](Outcome outcome) {
        try {
            promise->set_value(std::move(outcome).get());
        } catch (...) {
            promise->set_exception(std::current_exception());
        }
    });
    return answer;
}

bool GroupWriter::take(std::vector<Append>& appends, std::vector<Done>& waiting) {
    // What was answered is let go of before the lock is taken.
    appends.clear();
    waiting.clear();
    {
        std::unique_lock lock(mutex_);
        queued_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        std::swap(appends, queue_);
        std::swap(waiting, waiting_);
    }
    room_.notify_all();
    return !appends.empty();
}

void GroupWriter::commit(std::span<const Append> appends, std::span<const Done> waiting) {
    try {
        auto outcomes = engine_.append_all(appends);
        for (std::size_t i = 0; i < waiting.size(); ++i) waiting[i](Outcome(std::move(outcomes[i])));
    } catch (const OutcomeUnknown&) {
        for (const Done& done : waiting) done(Outcome(std::current_exception()));
    }
}

void GroupWriter::run() {
    std::vector<Append> appends;
    std::vector<Done> waiting;
    while (take(appends, waiting)) {
        for (std::size_t from = 0; from < appends.size(); from += limits_.committed) {
            const std::size_t count = std::min(limits_.committed, appends.size() - from);
            commit(std::span(appends).subspan(from, count), std::span(waiting).subspan(from, count));
        }
    }
}

}  // namespace certledger::store
