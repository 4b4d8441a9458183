#include "ordered_append.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace certledger::projections::lmdb {

using engine::octets_of;

namespace {

/// Entries that go into one transaction; kept until it has ended, for it may have to be done again.
class Step {
  public:
    void add(std::string_view made, std::string_view value) {
        sizes_.emplace_back(made.size(), value.size());
        octets_.append(made).append(value);
    }
    [[nodiscard]] bool full() const { return sizes_.size() >= kStepEntries || octets_.size() >= kStepOctets; }
    void clear() {
        sizes_.clear();
        octets_.clear();
    }
    Result<void> write(engine::WriteTransaction& transaction, const Generation& to) const {
        std::string_view left = octets_;
        for (const auto& [key_size, value_size] : sizes_) {
            const auto made = left.substr(0, key_size);
            const auto value = left.substr(key_size, value_size);
            left.remove_prefix(key_size + value_size);
            if (auto done = append(transaction, to, made, octets_of(value)); !done) return done;
        }
        return {};
    }

  private:
    static Result<void> append(engine::WriteTransaction& transaction, const Generation& to,
                               std::string_view made, engine::Octets value) {
        const auto rest = made.substr(1);
        switch (made.front()) {
            case kCertificates:
            case kDeleted: {
                const std::uint64_t row = key::read_number(rest);
                return transaction.append(made.front() == kDeleted ? to.deleted : to.certificates,
                                          engine::integer_key(row), value);
            }
            case kIds:
                return transaction.append(to.ids, octets_of(rest), value);
            case kOthers:
                return transaction.append(to.others, octets_of(rest), value);
            default:
                return transaction.append(to.of(static_cast<Index>(made.front())), octets_of(rest), value);
        }
    }

    std::string octets_;
    std::vector<std::pair<std::size_t, std::size_t>> sizes_;
};

/// Writes steps on a thread of its own, while the next one gathers.
class StepWriter {
  public:
    StepWriter(engine::Environment& environment, const Generation& to)
        : environment_(environment), to_(to), thread_([this] { run(); }) {}
    StepWriter(const StepWriter&) = delete;
    StepWriter& operator=(const StepWriter&) = delete;
    ~StepWriter() { end(); }

    /// Takes the step and leaves an empty one. Waits for the step before, and gives its error.
    Result<void> give(Step& step) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !under_way_; });
        if (auto done = outcome(); !done) return done;
        std::swap(step, step_);
        step.clear();
        under_way_ = true;
        changed_.notify_all();
        return {};
    }
    /// Waits until all is written.
    Result<void> finish() {
        end();
        return outcome();
    }

  private:
    void end() {
        if (!thread_.joinable()) return;
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    Result<void> outcome() {
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
        return written_;
    }
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return under_way_ || ending_; });
            if (!under_way_) return;
            lock.unlock();
            write();
            lock.lock();
            under_way_ = false;
            changed_.notify_all();
        }
    }
    /// With the step to itself: nobody else touches it while it is under way.
    void write() noexcept {
        try {
            written_ = environment_.write(
                [this](engine::WriteTransaction& transaction) { return step_.write(transaction, to_); });
        } catch (...) {
            thrown_ = std::current_exception();
        }
    }

    engine::Environment& environment_;
    const Generation& to_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Step step_;
    bool under_way_ = false;
    bool ending_ = false;
    Result<void> written_;
    std::exception_ptr thrown_;
    std::thread thread_;
};

}  // namespace

Result<void> append_in_order(engine::Environment& environment, const Generation& to,
                             const std::vector<SortedKeys*>& all, const LastStep& last) {
    Step step;
    StepWriter writer(environment, to);
    const auto taken = SortedKeys::each_of(all, [&](std::string_view made, std::string_view value) {
        step.add(made, value);
        return step.full() ? writer.give(step) : Result<void>();
    });
    if (!taken) return taken;
    if (auto finished = writer.finish(); !finished) return finished;
    return environment.write([&](engine::WriteTransaction& transaction) -> Result<void> {
        if (auto done = step.write(transaction, to); !done) return done;
        return last(transaction);
    });
}

}  // namespace certledger::projections::lmdb
