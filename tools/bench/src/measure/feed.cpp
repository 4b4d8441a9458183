#include "measure/feed.hpp"

#include <certledger/events/contract.hpp>

#include "measure/sheet.hpp"

namespace certledger::bench {

Feed::Feed(std::uint64_t seed) : workload_({seed, 0}) {}

store::Append Feed::take(std::size_t count) {
    store::Append append;
    append.records.reserve(count);
    while (append.records.size() < count) {
        if (used_ == waiting_.size()) {
            waiting_.clear();
            used_ = 0;
            CERTLEDGER_CHECK(workload_.next(waiting_, 4'096));
        }
        append.records.push_back(std::move(waiting_[used_++]));
    }
    return append;
}

store::AppendPlan Feed::plan(const store::Append& append) {
    store::AppendPlanner planner(
        {head_,
         [&](std::string_view stream, const store::NamePrint&) -> Result<store::StreamHead> {
             const auto found = streams_.find(stream);
             return found == streams_.end() ? store::StreamHead{} : found->second;
         },
         [](std::string_view, store::Position) -> Result<store::Position> { return store::Position{0}; }},
        append.records.size());
    sure(planner.add(append));
    auto plan = planner.take();
    head_ = plan.head;
    for (std::size_t i = 0; i < append.records.size(); ++i)
        streams_[append.records[i].stream.value] = {plan.stored[i].version, plan.stored[i].position};
    return plan;
}

void Feed::expect(store::Append& append) const {
    std::unordered_map<std::string_view, bool> seen;
    for (const auto& record : append.records) {
        if (!seen.emplace(record.stream.value, true).second) continue;
        const auto found = streams_.find(record.stream.value);
        append.expectations.push_back(
            {record.stream,
             store::ExpectedVersion::exact(found == streams_.end() ? 0 : found->second.version)});
    }
}

}  // namespace certledger::bench
