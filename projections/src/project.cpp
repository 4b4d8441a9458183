#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/projections/project.hpp>

#include "project_certificate.hpp"

namespace certledger::projections {

using events::RecordView;

namespace {

/// Only an order, an upload and a purchase of a quota begin a stream.
bool begins(const events::Event& event) {
    switch (type_of(event)) {
        case events::EventType::certificate_purchased:
        case events::EventType::certificate_created:
        case events::EventType::certificate_uploaded:
            return true;
        default:
            return false;
    }
}

void project_certificate(MemoryRows& rows, const RecordView& record, const events::Event& event,
                         Forbidden forbidden) {
    const auto id = events::id_part(record.stream);
    CertificateRow* row = rows.edit_certificate(id);
    const auto from = row != nullptr ? std::optional(row->status) : std::nullopt;
    const auto to = lifecycle::next(from, record.type);
    if (row != nullptr) row->version = record.version;
    if (row == nullptr ? !to || !begins(event) : row->account.value != record.account) rows.note_stray();
    if (!to) {
        // Before a stream's first lawful event there is no row to mark; the audit names the record.
        if (row != nullptr && forbidden == Forbidden::marks_broken) row->broken = true;
        return;
    }
    if (row == nullptr) {
        if (!begins(event)) return;
        row = &rows.add_certificate(id, record.position);
        row->version = record.version;
        row->account.value = record.account;
        row->created_at = record.occurred_at;
    }
    fold_certificate(rows, *row, event, record.occurred_at);
    if (from != to) {
        if (from) add_to_count(rows, *row, *from, -1);
        if (*to != Status::deleted) add_to_count(rows, *row, *to, 1);
    }
    row->status = *to;
}

/// Counts move only as the quota allows: free units never fall below none nor rise above what was bought.
class QuotaFold {
  public:
    QuotaFold(QuotaRow& row, Forbidden forbidden) : row_(row), forbidden_(forbidden) {}

    bool consume(std::int64_t units) { return move(row_.consumed, units, units <= row_.free_units()); }
    bool give_back(std::int64_t units) {
        return move(row_.returned, units, row_.returned + units <= row_.consumed);
    }
    bool refund(std::int64_t units) { return move(row_.refunded, units, units <= row_.free_units()); }

  private:
    bool move(std::int64_t& count, std::int64_t units, bool allowed) {
        if (units < 1 || !allowed) {
            if (forbidden_ == Forbidden::marks_broken) row_.broken = true;
            return false;
        }
        count += units;
        return true;
    }
    QuotaRow& row_;
    Forbidden forbidden_;
};

void project_quota(MemoryRows& rows, const RecordView& record, const events::Event& event,
                   Forbidden forbidden) {
    const auto id = events::id_part(record.stream);
    QuotaRow* row = rows.edit_quota(id);
    const bool buys = std::holds_alternative<events::QuotaPurchased>(event);
    if (row == nullptr ? !buys : row->account.value != record.account) rows.note_stray();
    if (const auto* bought = std::get_if<events::QuotaPurchased>(&event)) {
        if (row != nullptr) {
            row->broken = row->broken || forbidden == Forbidden::marks_broken;
            return;
        }
        row = &rows.add_quota(id, record.position);
        row->version = record.version;
        row->account.value = record.account;
        row->count = bought->count;
        row->price = bought->price;
        row->product = bought->product;
        row->purchased_at = record.occurred_at;
        return;
    }
    if (row == nullptr) return;
    row->version = record.version;
    QuotaFold fold(*row, forbidden);
    if (std::holds_alternative<events::QuotaConsumed>(event)) {
        fold.consume(1);
    } else if (std::holds_alternative<events::QuotaReturned>(event)) {
        fold.give_back(1);
    } else if (const auto* refunded = std::get_if<events::QuotaRefunded>(&event)) {
        if (fold.refund(refunded->count))
            add_to_total(rows, row->account.value, refunded->amount, record.occurred_at);
    }
}

}  // namespace

void project(MemoryRows& rows, const RecordView& record, const events::Event& event, Forbidden forbidden) {
    const auto kind = events::stream_kind(record.stream);
    if (!kind) return;
    if (const auto* adopted = std::get_if<events::PolicyAdopted>(&event)) {
        if (*kind == events::StreamKind::policy)
            rows.edit_policies(record.stream).versions.push_back({record.version, adopted->policy});
    } else if (*kind == events::StreamKind::certificate && events::certificate_event(record.type)) {
        project_certificate(rows, record, event, forbidden);
    } else if (*kind == events::StreamKind::quota) {
        project_quota(rows, record, event, forbidden);
    }
}

}  // namespace certledger::projections
