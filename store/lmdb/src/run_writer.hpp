// Role: writes a run from entries that come in order.
#pragma once

#include "index_run.hpp"

namespace certledger::store::lmdb {

/// Lifetime: the transaction outlives it. Nothing of the run can be seen before finish().
class RunWriter {
  public:
    /// `id` is above that of every run there is.
    RunWriter(WriteTransaction& transaction, Database segments, std::uint64_t id, Position from, Position to)
        : transaction_(transaction), segments_(segments) {
        run_.id = id;
        run_.from = from;
        run_.to = to;
        pending_.reserve(kSegmentEntries);
    }

    [[nodiscard]] Result<void> add(const IndexEntry& entry) {
        pending_.push_back(entry);
        return pending_.size() == kSegmentEntries ? write_pending() : Result<void>{};
    }

    [[nodiscard]] Result<void> finish(Database runs) {
        if (auto written = write_pending(); !written) return written;
        return transaction_.append(runs, integer_key(run_.id), run_.encode());
    }

  private:
    [[nodiscard]] Result<void> write_pending() {
        if (pending_.empty()) return {};
        const auto key = segment_key(run_.id, static_cast<std::uint32_t>(run_.segments.size()));
        auto room = transaction_.append_reserved(segments_, key, segment_size(pending_.size()));
        if (!room) return tl::make_unexpected(room.error());
        write_segment(pending_, *room);
        run_.segments.push_back({pending_.front(), static_cast<std::uint32_t>(pending_.size())});
        run_.entries += pending_.size();
        run_.last_hash = pending_.back().hash;
        pending_.clear();
        return {};
    }

    WriteTransaction& transaction_;
    Database segments_;
    Run run_;
    std::vector<IndexEntry> pending_;
};

}  // namespace certledger::store::lmdb
