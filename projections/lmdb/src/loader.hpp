// Role: writes the rows of a whole log: every table is filled in the order of its keys, each page to its end.
// Indexes are filled part by part, while others are folded. What is not in the order of accounts is sorted in
// bounded memory and comes last.
#pragma once

#include <certledger/projections/row_store.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "part.hpp"
#include "sorted_keys.hpp"

namespace certledger::projections::lmdb {

class Loader final : public RowLoader {
  public:
    /// Ends the load in the transaction that fills the last page.
    using Finish = std::function<Result<void>(engine::WriteTransaction& transaction, Checkpoint checkpoint)>;

    /// Files for sorting stand in `folder`; `room` is for the entries of one lane in memory.
    Loader(engine::Environment& environment, const Generation& to, const std::filesystem::path& folder,
           std::size_t lanes, std::size_t room, Finish finish);

    [[nodiscard]] Result<void> add(std::size_t lane, const MemoryRows& rows) override;
    [[nodiscard]] Result<void> end_part(std::size_t lane, std::size_t part) override;
    [[nodiscard]] Result<void> finish(Checkpoint checkpoint) override;

  private:
    /// What one thread has made.
    struct Lane {
        Lane(const std::filesystem::path& folder, std::size_t room) : sorted(folder, room) {}
        SortedKeys sorted;
        Part part;
    };

    engine::Environment& environment_;
    const Generation to_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    Finish finish_;

    std::mutex mutex_;
    std::map<std::size_t, Part> waiting_;  ///< By number.
    std::size_t next_ = 0;                 ///< The part that the tables take next.
    bool appending_ = false;               ///< A thread does so.
    Result<void> appended_;                ///< The first error.
};

}  // namespace certledger::projections::lmdb
