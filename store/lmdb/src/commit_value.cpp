#include "commit_value.hpp"

#include <certledger/events/little_endian.hpp>
#include <cstring>

namespace certledger::store::lmdb {

using events::load_number;
using events::store_number;

namespace {

std::size_t directory_size(std::size_t count) { return 4 + 4 * (count + 1); }

tl::unexpected<Error> damaged(Position first, const std::string& rule) {
    return fail(ErrorKind::damaged, "log, commit at position " + std::to_string(first) + ": " + rule);
}

}  // namespace

std::size_t commit_size(const AppendPlan& plan) { return directory_size(plan.count()) + plan.octets.size(); }

void write_commit(const AppendPlan& plan, std::span<std::uint8_t> out) {
    store_number(out.data(), static_cast<std::uint32_t>(plan.count()));
    const std::size_t records = directory_size(plan.count());
    std::uint8_t* next = out.data() + 4;
    for (const std::uint32_t offset : plan.offsets) {
        store_number(next, static_cast<std::uint32_t>(records + offset));
        next += 4;
    }
    std::memcpy(next, plan.octets.data(), plan.octets.size());
}

Result<CommitView> CommitView::read(Position first, Octets value) {
    if (value.size() < directory_size(1)) return damaged(first, "shorter than a directory");
    CommitView commit;
    commit.first_ = first;
    commit.count_ = load_number<std::uint32_t>(value.data());
    commit.value_ = value;
    const std::uint64_t directory = 4 + 4 * (std::uint64_t{commit.count_} + 1);
    if (commit.count_ == 0 || directory > value.size())
        return damaged(first, "a directory of " + std::to_string(commit.count_) + " records in " +
                                  std::to_string(value.size()) + " octets");
    const auto begin = load_number<std::uint32_t>(value.data() + 4);
    const auto end = load_number<std::uint32_t>(value.data() + directory - 4);
    if (begin != directory || end != value.size())
        return damaged(first, "the records from " + std::to_string(begin) + " to " + std::to_string(end) +
                                  " do not fill its " + std::to_string(value.size()) + " octets");
    return commit;
}

Result<Octets> CommitView::record(Position position) const {
    const std::uint8_t* entry = value_.data() + 4 + 4 * (position - first_);
    const std::size_t begin = load_number<std::uint32_t>(entry);
    const std::size_t end = load_number<std::uint32_t>(entry + 4);
    if (begin < directory_size(count_) || end < begin || end > value_.size())
        return damaged(first_, "the record at position " + std::to_string(position) + " reaches from " +
                                   std::to_string(begin) + " to " + std::to_string(end) + " of " +
                                   std::to_string(value_.size()) + " octets");
    return value_.subspan(begin, end - begin);
}

}  // namespace certledger::store::lmdb
