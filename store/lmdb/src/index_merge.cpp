#include <algorithm>
#include <certledger/events/contract.hpp>

#include "index_file.hpp"
#include "run_writer.hpp"

namespace certledger::store::lmdb {
namespace {

/// Goes through a run's entries. Holds a copy of the present segment: a write may move what was read.
class RunScan {
  public:
    RunScan(const Transaction& transaction, Database segments, const Run& run)
        : transaction_(transaction), segments_(segments), run_(run) {}

    [[nodiscard]] bool done() const { return next_ == present_.size(); }
    [[nodiscard]] const IndexEntry& entry() const { return present_[next_]; }

    /// To the first entry at the beginning, then to the next.
    [[nodiscard]] Result<void> advance() {
        if (!present_.empty()) ++next_;
        if (next_ < present_.size() || segment_ == run_.segments.size()) return {};
        const auto value = transaction_.get(segments_, segment_key(run_.id, segment_));
        if (!value) return tl::make_unexpected(value.error());
        if (!*value) return fail(ErrorKind::damaged, "index: a segment is missing");
        const auto entries = read_segment(**value, run_.segments[segment_].entries);
        if (!entries) return tl::make_unexpected(entries.error());
        present_.resize(entries->count);
        for (std::size_t i = 0; i < entries->count; ++i) present_[i] = entries->entry(i);
        next_ = 0;
        ++segment_;
        return {};
    }

  private:
    const Transaction& transaction_;
    Database segments_;
    const Run& run_;
    std::vector<IndexEntry> present_;
    std::size_t next_ = 0;
    std::uint32_t segment_ = 0;
};

}  // namespace

Result<bool> IndexFile::merge() {
    return environment_->write([&](WriteTransaction& transaction) -> Result<bool> {
        auto now = state(transaction);
        if (!now) return tl::make_unexpected(now.error());
        const auto all = runs(transaction);
        if (!all) return tl::make_unexpected(all.error());
        std::vector<std::uint64_t> sizes;
        for (const Run& run : *all) sizes.push_back(run.entries);
        const auto range = runs_to_merge(sizes, tuning_.fan_in, tuning_.run_entries_max);
        if (!range) return false;
        const std::span<const Run> chosen(all->data() + range->begin, range->end - range->begin);
        if (auto merged = merge_into(transaction, chosen, now->next_run); !merged)
            return tl::make_unexpected(merged.error());
        for (const Run& run : chosen)
            if (auto erased = erase_run(transaction, run); !erased)
                return tl::make_unexpected(erased.error());
        ++now->next_run;
        if (auto written = write_state(transaction, *now); !written)
            return tl::make_unexpected(written.error());
        return true;
    });
}

Result<void> IndexFile::merge_into(WriteTransaction& transaction, std::span<const Run> runs,
                                   std::uint64_t id) const {
    RunWriter writer(transaction, segments_, id, runs.front().from, runs.back().to);
    std::vector<RunScan> scans;
    scans.reserve(runs.size());
    for (const Run& run : runs) {
        scans.emplace_back(transaction, segments_, run);
        if (auto begun = scans.back().advance(); !begun) return begun;
    }
    for (;;) {
        RunScan* least = nullptr;
        for (RunScan& scan : scans)
            if (!scan.done() && (least == nullptr || scan.entry() < least->entry())) least = &scan;
        if (least == nullptr) break;
        if (auto added = writer.add(least->entry()); !added) return added;
        if (auto advanced = least->advance(); !advanced) return advanced;
    }
    return writer.finish(runs_);
}

Result<void> IndexFile::erase_run(WriteTransaction& transaction, const Run& run) const {
    for (std::uint32_t i = 0; i < run.segments.size(); ++i) {
        if (auto erased = transaction.erase(segments_, segment_key(run.id, i)); !erased)
            return tl::make_unexpected(erased.error());
    }
    const auto erased = transaction.erase(runs_, integer_key(run.id));
    if (!erased) return tl::make_unexpected(erased.error());
    return {};
}

}  // namespace certledger::store::lmdb
