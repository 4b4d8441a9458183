// Role: every view at one unchanging moment. What a front asks.
#pragma once

#include <certledger/domain/policies/book.hpp>
#include <certledger/projections/calendar/calendar.hpp>
#include <certledger/projections/deployments/deployments.hpp>
#include <certledger/projections/due/due.hpp>
#include <certledger/projections/evidence/evidence.hpp>
#include <certledger/projections/list/counts.hpp>
#include <certledger/projections/list/list_query.hpp>
#include <certledger/projections/open_work/open_work.hpp>
#include <certledger/projections/progress/progress.hpp>
#include <certledger/projections/query_point.hpp>
#include <certledger/projections/quotas/quotas.hpp>
#include <certledger/projections/refunds/refunds.hpp>
#include <certledger/projections/row_reader.hpp>
#include <certledger/projections/watch/watch.hpp>
#include <map>
#include <memory>

namespace certledger::projections {

/// The views at one position of the log and one instant. Holds a snapshot of the rows: keep it for one query,
/// not longer, because the pages behind it cannot be used again meanwhile. Movable; one thread at a time. The
/// Zones and the log must outlive it.
/// Damaged rows throw OutcomeUnknown: the views have to be rebuilt.
class Moment {
  public:
    /// `policies`: the ledger's own, as they are in the rows.
    Moment(std::shared_ptr<const RowReader> rows, Position position, Instant clock,
           std::shared_ptr<const policies::PolicyStream> policies, const store::EventStore& log,
           const policies::Zones& zones);

    /// The log's position that the answers speak of.
    [[nodiscard]] Position position() const noexcept { return position_; }
    /// What the answers take for now.
    [[nodiscard]] Instant clock() const noexcept { return clock_; }

    /// The certificate as the list shows it.
    [[nodiscard]] Found<ListItem> certificate(const events::AccountId& account,
                                              const events::CertificateId& id) const;
    /// Shows it where it lies instead.
    [[nodiscard]] Found<void> visit_certificate(const events::AccountId& account,
                                                const events::CertificateId& id,
                                                const CardVisitor& visit) const;
    /// ErrorKind::invalid_input: a cursor that is none, or of another sort; a limit of 0.
    [[nodiscard]] Result<ListPage> list(const events::AccountId& account, const ListQuery& query) const;
    /// The same page without a copy of it: each certificate is shown where it lies.
    [[nodiscard]] Result<ListEnd> visit_list(const events::AccountId& account, const ListQuery& query,
                                             const CardVisitor& visit) const;
    [[nodiscard]] Counts counts(const events::AccountId& account, bool by_month) const;
    [[nodiscard]] Found<Progress> progress(const events::AccountId& account,
                                           const events::CertificateId& id) const;
    [[nodiscard]] Found<Refund> refund(const events::AccountId& account,
                                       const events::CertificateId& id) const;
    /// ErrorKind::invalid_input as in list().
    [[nodiscard]] Result<Refunds> refunds(const events::AccountId& account,
                                          const RefundsQuery& query = {}) const;
    /// Totals alone; of every account when none is named. In the order of month, account, currency.
    [[nodiscard]] std::vector<RefundTotal> refund_totals(const std::optional<events::AccountId>& account,
                                                         TotalsBy by) const;
    [[nodiscard]] Found<QuotaItem> quota(const events::AccountId& account, const events::QuotaId& id) const;
    [[nodiscard]] Quotas quotas(const events::AccountId& account) const;
    [[nodiscard]] Watch watch(const events::AccountId& account) const;
    /// What time has made due up to clock() and nobody has recorded, by the instant at which it was due; of
    /// every account when none is named. `tick` turns each into a command.
    [[nodiscard]] std::vector<DueItem> due(
        const std::optional<events::AccountId>& account = std::nullopt) const;
    /// What was begun up to here and has no answer, the oldest first; of every account when none is named.
    [[nodiscard]] std::vector<OpenWork> open_work(
        const std::optional<events::AccountId>& account = std::nullopt) const;
    [[nodiscard]] Calendar calendar(const events::AccountId& account, const CalendarQuery& query = {}) const;
    [[nodiscard]] Deployments deployments(const events::AccountId& account) const;
    [[nodiscard]] Found<Evidence> evidence(const events::AccountId& account,
                                           const events::CertificateId& id) const;

    /// Visits the records of one stream of the account up to this moment, oldest first; also of a deleted
    /// certificate. The visitor's views hold until it returns. ErrorKind::damaged from the log.
    [[nodiscard]] Result<Found<void>> history(const events::AccountId& account,
                                              const events::StreamId& stream,
                                              const store::RecordVisitor& visit) const;

    /// Certificates that a text on the command line may mean: the exact id; else ids that begin with it and,
    /// for a name, certificates with that name that are neither revoked nor expired. Not deleted ones (but an
    /// exact id counts also then). At most `most`, so two say that it is ambiguous.
    [[nodiscard]] std::vector<events::CertificateId> resolve_certificate(const events::AccountId& account,
                                                                         std::string_view text,
                                                                         std::size_t most = 8) const;
    [[nodiscard]] std::vector<events::QuotaId> resolve_quota(const events::AccountId& account,
                                                             std::string_view text,
                                                             std::size_t most = 8) const;

    /// The rules for an account as they were recorded at this moment. Holds until the Moment ends.
    [[nodiscard]] policies::PolicyBook policies(const events::AccountId& account) const;
    [[nodiscard]] const RowReader& rows() const noexcept { return *rows_; }

  private:
    [[nodiscard]] Found<CertificateRow> row(const events::AccountId& account,
                                            const events::CertificateId& id) const;

    std::shared_ptr<const RowReader> rows_;
    Position position_;
    Instant clock_;
    const store::EventStore* log_;
    const policies::Zones* zones_;
    std::shared_ptr<const policies::PolicyStream> ledger_policies_;
    mutable std::map<std::string, policies::PolicyStream, std::less<>> account_policies_;
};

}  // namespace certledger::projections
