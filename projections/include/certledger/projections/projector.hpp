// Role: reads the log and folds it: into kept rows, or into memory up to a point.
#pragma once

#include <certledger/projections/project.hpp>
#include <certledger/projections/query_point.hpp>
#include <certledger/projections/row_store.hpp>
#include <functional>
#include <limits>

namespace certledger::projections {

using OnFolded = std::function<void(Position done, Position whole)>;

/// Folds one record. With `as_at`, an event on a quota or a certificate that happened later is left out, and
/// one that the machine forbids is passed by. ErrorKind::damaged names the position when it cannot be read.
[[nodiscard]] Result<void> fold_record(MemoryRows& rows, const events::RecordView& record,
                                       const std::optional<Instant>& as_at = std::nullopt);

/// Folds the records behind the rows' checkpoint up to `to` and moves the checkpoint. With `as_at`, events on
/// quotas and certificates that happened later are left out. ErrorKind::damaged names the position of a
/// record that cannot be read; everything before it is folded then.
[[nodiscard]] Result<void> fold(const store::EventStore& log, MemoryRows& rows, Position to,
                                const std::optional<Instant>& as_at = std::nullopt);

/// Brings kept rows up to the log's head in batches of at most `batch` records, each in one step. Somebody
/// else doing the same is no error: what they did is not done again. ErrorKind::damaged as in fold(): the
/// checkpoint stands before the record. Returns the checkpoint.
/// A larger batch makes fewer rows written twice, and takes more memory: some 2 KB a record at most.
inline constexpr Position kBatch = 20'000;
struct CatchUpOptions {
    Position batch = kBatch;
    Position to = std::numeric_limits<Position>::max();  ///< Not behind this position.
};
[[nodiscard]] Result<Position> catch_up(const store::EventStore& log, RowStore& store,
                                        const OnFolded& folded = {}, const CatchUpOptions& options = {});

/// Whether rows at this checkpoint were folded from this log.
[[nodiscard]] bool folded_from(const store::EventStore& log, const Checkpoint& checkpoint);

}  // namespace certledger::projections
