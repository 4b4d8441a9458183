// Role: writes the rows of a whole log: every table is sorted in bounded memory and filled in the order of
// its keys, each page to its end.
#pragma once

#include <certledger/projections/row_store.hpp>

#include "lmdb_rows.hpp"
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
    [[nodiscard]] Result<void> finish(Checkpoint checkpoint) override;

  private:
    engine::Environment& environment_;
    const Generation to_;
    std::vector<std::unique_ptr<SortedKeys>> lanes_;
    Finish finish_;
};

}  // namespace certledger::projections::lmdb
