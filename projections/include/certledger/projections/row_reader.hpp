// Role: reading the rows: by id, and along the indexes that the views are found by. One unchanging moment.
#pragma once

#include <certledger/events/uuid.hpp>
#include <certledger/projections/card.hpp>
#include <certledger/projections/index.hpp>
#include <certledger/projections/other_rows.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::projections {

using store::Position;

/// The last record that was folded. Its id tells a log from another one that has grown in its place.
struct Checkpoint {
    Position position = 0;
    events::Uuid event;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Receives the key and the row of an index entry; false ends the scan. The key holds until it returns.
using IndexVisitor = std::function<bool(std::string_view key, RowId row)>;

/// Receives the key in Index::created and a certificate's card; false ends the scan. Both hold until it
/// returns.
using CardScanVisitor = std::function<bool(std::string_view key, const Card& card)>;

/// Two implementations: MemoryRows and the LMDB rows. They pass one contract suite. Const functions of one
/// reader are for one thread at a time. Damaged rows throw OutcomeUnknown.
class RowReader {
  public:
    RowReader() = default;
    RowReader(const RowReader&) = delete;
    RowReader& operator=(const RowReader&) = delete;
    virtual ~RowReader() = default;

    [[nodiscard]] virtual Checkpoint checkpoint() const = 0;

    [[nodiscard]] virtual std::optional<RowId> find_certificate(std::string_view id) const = 0;
    /// Fills `into`, whose memory is used again; false when there is no such row.
    [[nodiscard]] virtual bool read_certificate(RowId row, CertificateRow& into) const = 0;
    [[nodiscard]] std::optional<CertificateRow> certificate(RowId row) const {
        std::optional<CertificateRow> found(std::in_place);
        if (!read_certificate(row, *found)) found.reset();
        return found;
    }
    /// The same for the fields of the card alone; the others are left as they are or filled as well.
    [[nodiscard]] virtual bool read_card(RowId row, CertificateRow& into) const {
        return read_certificate(row, into);
    }
    /// Shows the card of a certificate that the account lists, in `memory` where it has to be made; false
    /// when it is no such.
    [[nodiscard]] virtual bool find_card(std::string_view account, std::string_view id,
                                         CertificateRow& memory, const CardVisitor& visit) const {
        const auto row = find_certificate(id);
        if (!row || !read_card(*row, memory) || memory.account.value != account || memory.deleted())
            return false;
        visit(Card(memory));
        return true;
    }
    [[nodiscard]] virtual std::optional<QuotaRow> quota(std::string_view id) const = 0;
    [[nodiscard]] virtual std::optional<TargetRow> target(std::string_view account,
                                                          std::string_view target) const = 0;
    [[nodiscard]] virtual std::optional<PolicyRow> policies(std::string_view stream) const = 0;
    /// By total_key() and count_key().
    [[nodiscard]] virtual std::optional<TotalRow> total(const std::string& key) const = 0;
    [[nodiscard]] virtual std::optional<CountRow> count(const std::string& key) const = 0;

    /// Visits the entries of an index whose key k has from <= k < to, in octet order, or in the opposite
    /// order when descending. Rows must not be changed meanwhile.
    virtual void scan(Index index, std::string_view from, std::string_view to, bool descending,
                      const IndexVisitor& visit) const = 0;

    /// Visits the certificates along Index::created as scan() does its entries.
    virtual void scan_cards(std::string_view from, std::string_view to, bool descending,
                            const CardScanVisitor& visit) const {
        CertificateRow card;  // Its memory serves for one after the other.
        scan(Index::created, from, to, descending, [&](std::string_view key, RowId row) {
            return !read_card(row, card) || visit(key, Card(card));
        });
    }

    /// Every row, in an order that depends only on the rows; false ends it.
    virtual void each_certificate(const std::function<bool(const CertificateRow&)>& visit) const = 0;
    virtual void each_quota(const std::function<bool(const QuotaRow&)>& visit) const = 0;
    virtual void each_target(const std::function<bool(const TargetRow&)>& visit) const = 0;
    virtual void each_policy(const std::function<bool(const PolicyRow&)>& visit) const = 0;
    virtual void each_total(const std::function<bool(const TotalRow&)>& visit) const = 0;
    virtual void each_count(const std::function<bool(const CountRow&)>& visit) const = 0;
    /// The rows of one account, in the same order.
    virtual void each_total_of(std::string_view account,
                               const std::function<bool(const TotalRow&)>& visit) const {
        each_total([&](const TotalRow& row) { return row.account.value != account || visit(row); });
    }
    virtual void each_count_of(std::string_view account,
                               const std::function<bool(const CountRow&)>& visit) const {
        each_count([&](const CountRow& row) { return row.account.value != account || visit(row); });
    }
};

}  // namespace certledger::projections
