// Role: hands a workload out in appends of any size, and as the octets that the engine would write.
#pragma once

#include <certledger/store/append_plan.hpp>
#include <certledger/tools/bench/workload.hpp>
#include <deque>
#include <string>
#include <unordered_map>

namespace certledger::bench {

/// The same records for every contender, in the same order. Memory grows with the number of streams: it knows
/// each one's end. Not thread-safe.
class Feed {
  public:
    explicit Feed(std::uint64_t seed);

    /// The next records, exactly `count` of them.
    [[nodiscard]] store::Append take(std::size_t count);
    /// What the engine makes of the append; the appends must come in the order of take().
    [[nodiscard]] store::AppendPlan plan(const store::Append& append);
    /// The append with the versions that its streams must have, as a command brings them.
    void expect(store::Append& append) const;

    [[nodiscard]] const store::Head& head() const { return head_; }

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    Workload workload_;
    std::vector<store::PendingRecord> waiting_;
    std::size_t used_ = 0;
    store::Head head_;
    std::unordered_map<std::string, store::StreamHead, TextHash, std::equal_to<>> streams_;
};

}  // namespace certledger::bench
