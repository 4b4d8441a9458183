// Role: the views of one ledger: kept up with the log, asked at any moment of it, checked and rebuilt.
//
//   store::EventStore& log; projections::RowStore& rows (MemoryRowStore, lmdb::LmdbRowStore)
//   Views views(log, rows, zones);
//   views.catch_up();
//   auto moment = views.moment({now, as_of, as_at});
//   moment->list(account, query);
#pragma once

#include <certledger/projections/moment.hpp>
#include <certledger/projections/projector.hpp>
#include <certledger/projections/row_store.hpp>
#include <string>
#include <vector>

namespace certledger::projections {

/// How far a long job has come; called now and then from the thread that does it.
using OnProgress = OnFolded;

/// Where the views stand.
struct ViewsStatus {
    Position checkpoint = 0;
    Position head = 0;
    std::string schema;             ///< Fingerprint of the rows' description, in hexadecimal.
    std::optional<Error> stopped;   ///< Why the projector does not go on: the event behind the checkpoint.
    std::int64_t certificates = 0;  ///< Deleted ones aside.
    std::uint64_t quotas = 0;
    std::uint64_t broken = 0;  ///< Rows whose events the lifecycle machine forbids.

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        using events::make_nvp;
        ar& make_nvp("checkpoint", checkpoint) & make_nvp("head", head) & make_nvp("schema", schema);
        std::optional<std::string> why;
        if (stopped) why = stopped->message;
        ar& make_nvp("stopped", why) & make_nvp("certificates", certificates) & make_nvp("quotas", quotas) &
            make_nvp("broken", broken);
    }
};

/// What verify() compared and where rows and fold differ.
struct Verification {
    Position position = 0;                 ///< The checkpoint that was compared.
    std::uint64_t rows = 0;                ///< Rows that were compared.
    std::vector<std::string> differences;  ///< One sentence each, at most kMostDifferences.
    std::uint64_t differing = 0;

    static constexpr std::size_t kMostDifferences = 100;
    [[nodiscard]] bool equal() const noexcept { return differing == 0; }
};

/// Durability: the rows can always be made anew from the log; what the RowStore says. Threads: const
/// functions from any thread; catch_up and rebuild from any thread and any process, one at a time goes on
/// (the others wait or see its work). Log, rows and zones outlive it.
class Views {
  public:
    Views(const store::EventStore& log, RowStore& rows, const policies::Zones& zones);

    /// Folds what the log has gained, in bounded batches, rows and checkpoint in one step each. Returns the
    /// checkpoint reached. Rows of another schema, or that are ahead of the log, are made anew from the
    /// start. ErrorKind::damaged names the position of a record that cannot be read: everything before it is
    /// folded.
    [[nodiscard]] Result<Position> catch_up(const OnProgress& progress = {});

    /// The views at a point. Without as_of and as_at: the head of the log; what the rows lack of it is folded
    /// in memory. With as_of: that point; cost: what the rows lack up to it or, when they are ahead of it,
    /// either the records behind it with the streams that they are about, or the log up to it, whichever is
    /// less. With as_at: the events that had happened by then, folded from the start. ErrorKind::damaged as
    /// in catch_up().
    [[nodiscard]] Result<Moment> moment(const QueryPoint& point) const;

    /// The same for queries about one certificate alone (certificate, progress, refund, evidence, history):
    /// no other has rows then. Cost at any point, with as_at too: the streams that its row depends on.
    [[nodiscard]] Result<Moment> moment_of(const QueryPoint& point,
                                           const events::CertificateId& certificate) const;

    /// The position that an as-of point means: at most the head.
    [[nodiscard]] Result<Position> position_of(const AsOf& as_of) const;

    /// Compares every row with a fresh fold of the log up to the checkpoint.
    [[nodiscard]] Result<Verification> verify(const OnProgress& progress = {}) const;

    /// Makes all rows anew beside the live ones and swaps them in one step; reads and writes go on meanwhile.
    [[nodiscard]] Result<Position> rebuild(const OnProgress& progress = {});

    [[nodiscard]] ViewsStatus status() const;

  private:
    [[nodiscard]] Result<Position> fill(RowStore& rows, const OnProgress& progress, Position to) const;
    /// The kept rows, when they are of this log.
    [[nodiscard]] std::shared_ptr<const RowReader> usable_rows() const;
    [[nodiscard]] Result<std::shared_ptr<const RowReader>> rows_at(Position position,
                                                                   const std::optional<Instant>& as_at) const;

    /// What was found out about a checkpoint and need not be found out for every question.
    class Known;

    const store::EventStore* log_;
    RowStore* rows_;
    const policies::Zones* zones_;
    std::shared_ptr<Known> known_;
};

}  // namespace certledger::projections
