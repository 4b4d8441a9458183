// Role: the log's environment, `data.mdb`: commits in order, and the end of the log, which moves with them.
//
//   database `commits`   first position (integer key) -> commit_value.hpp
//   unnamed, `format`    the text kLogFormat
//   unnamed, `edge`      i64 recorded_at of the last record, the tree's right edge, u32 CRC-32C of both
//   unnamed, `redo`      redo.hpp; from the first commit on
#pragma once

#include <certledger/store/lmdb/environment.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <functional>

#include "commit_value.hpp"
#include "redo.hpp"

namespace certledger::store::lmdb {

inline constexpr std::string_view kLogFormat = "certledger log 1";

/// The log's end as it stands in the file.
struct LogEnd {
    Head head;
    tlog::RightEdge edge;
};

/// Has the system read a log that is not in memory before its records are looked at: faults alone read it in
/// small pieces, one after the other. A sweep of a log of 2.6 GB that was on the disk alone took 3.4 to 4.0 s
/// with it and 4.1 to 5.3 s without, in turns.
class ReadAhead {
  public:
    /// The next commit of a scan is here.
    void reached(Octets commit) noexcept;

  private:
    std::uintptr_t asked_ = 0;  ///< Up to there.
};

/// Reads records by position inside one transaction, which outlives it; best in order.
class LogReader {
  public:
    [[nodiscard]] static Result<LogReader> over(const Transaction& transaction, Database commits);

    /// The octets of a record. not_found behind the end; damaged where there should be one.
    [[nodiscard]] Result<Octets> octets(Position position);
    /// The octets of the records from `from` up to `to` or the end of the commit that `from` is in. Each is
    /// as long as an envelope at least. damaged: there is no such record, or the commit does not hold.
    [[nodiscard]] Result<void> rest_of_commit(Position from, Position to, std::vector<Octets>& records);
    /// The commit that was read from last.
    [[nodiscard]] const CommitView& commit() const { return commit_; }
    /// The record, checked, and that it is the one of this position.
    [[nodiscard]] Result<events::RecordView> record(Position position, Octets octets) const;

  private:
    explicit LogReader(Cursor cursor) : cursor_(std::move(cursor)) {}
    [[nodiscard]] Result<void> find_commit(Position position);

    Cursor cursor_;
    CommitView commit_;
};

class LogFile {
  public:
    /// Makes an empty log. invalid_input: there is one already.
    [[nodiscard]] static Result<LogFile> create(const EnvironmentOptions& options);
    /// Writes the last commit again when a power cut took it from LMDB, also when `options` say that the log
    /// is only read; whoever must not write then reads the log without it. not_found: no file, or nothing was
    /// ever written to it. damaged: it is no log, or its end does not fit. outside: there is no room for that
    /// commit.
    [[nodiscard]] static Result<LogFile> open(const EnvironmentOptions& options);

    [[nodiscard]] Environment& environment() const { return *environment_; }
    [[nodiscard]] Database commits() const { return commits_; }

    [[nodiscard]] Result<LogEnd> end(const Transaction& transaction) const;
    /// Without the tree's edge.
    [[nodiscard]] Result<Head> head(const Transaction& transaction) const;
    [[nodiscard]] Result<Head> head() const;

    /// Writes the plan's records and moves the end to `end`.
    [[nodiscard]] Result<void> append(WriteTransaction& transaction, const AppendPlan& plan,
                                      const LogEnd& end) const;

    /// As Environment::copy_compact, without what is kept of newest commits.
    [[nodiscard]] Result<void> copy_to(const std::filesystem::path& file) const;

  private:
    LogFile(std::unique_ptr<Environment> environment, Database commits)
        : environment_(std::move(environment)), commits_(commits) {}
    [[nodiscard]] static Result<LogFile> open_as_it_is(const EnvironmentOptions& options);
    [[nodiscard]] static Result<LogFile> attach(std::unique_ptr<Environment> environment);
    [[nodiscard]] Result<void> end_fits() const;
    [[nodiscard]] Result<void> keep_redo(WriteTransaction& transaction, const Redo& redo) const;
    /// No half says where the commit of that number stands any more.
    [[nodiscard]] Result<void> forget_redo(WriteTransaction& transaction, std::uint64_t commit) const;
    /// What may be the commit of that number, the next behind the transaction's.
    [[nodiscard]] Result<std::vector<Redo>> redo_behind(const Transaction& transaction,
                                                        std::uint64_t commit) const;
    /// The one of them that is whole, with its value; nothing: none is.
    [[nodiscard]] Result<std::optional<Redo>> whole_of(const Transaction& transaction,
                                                       const std::vector<Redo>& found,
                                                       events::Bytes& value) const;
    /// Moves the value out of the way of the commit that redoes it.
    [[nodiscard]] Result<void> set_aside(WriteTransaction& transaction, Redo redo) const;
    /// In which boot a commit was kept that LMDB does not show; nothing: there is none.
    [[nodiscard]] Result<std::optional<events::Uuid>> boot_of_redo() const;
    /// Redoes what is behind, one commit after the other.
    [[nodiscard]] Result<void> redo() const;
    /// Says whether there was one.
    [[nodiscard]] Result<bool> redo_next() const;

    std::unique_ptr<Environment> environment_;
    Database commits_;
};

}  // namespace certledger::store::lmdb
