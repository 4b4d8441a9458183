#include "past.hpp"

#include <certledger/events/codec.hpp>

#include "concerned.hpp"
#include "project_certificate.hpp"

namespace certledger::projections {

using events::EventType;

namespace {

/// Rows without those that began behind a position or stand elsewhere.
class Hidden final : public RowReader {
  public:
    Hidden(std::shared_ptr<const RowReader> rows, Position position, std::set<RowId> elsewhere)
        : rows_(std::move(rows)), position_(position), elsewhere_(std::move(elsewhere)) {}

    [[nodiscard]] Checkpoint checkpoint() const override { return rows_->checkpoint(); }
    [[nodiscard]] std::optional<RowId> find_certificate(std::string_view id) const override {
        const auto row = rows_->find_certificate(id);
        return row && shown(*row) ? row : std::nullopt;
    }
    [[nodiscard]] bool read_certificate(RowId row, CertificateRow& into) const override {
        return shown(row) && rows_->read_certificate(row, into);
    }
    [[nodiscard]] std::optional<QuotaRow> quota(std::string_view id) const override {
        auto row = rows_->quota(id);
        return row && shown(row->row) ? row : std::nullopt;
    }
    [[nodiscard]] std::optional<TargetRow> target(std::string_view account,
                                                  std::string_view target) const override {
        auto row = rows_->target(account, target);
        return row && shown(row->holder) ? row : std::nullopt;
    }
    [[nodiscard]] std::optional<PolicyRow> policies(std::string_view stream) const override {
        return rows_->policies(stream);
    }
    [[nodiscard]] std::optional<TotalRow> total(const std::string& key) const override {
        return rows_->total(key);
    }
    [[nodiscard]] std::optional<CountRow> count(const std::string& key) const override {
        return rows_->count(key);
    }
    void scan(Index index, std::string_view from, std::string_view to, bool descending,
              const IndexVisitor& visit) const override {
        rows_->scan(index, from, to, descending,
                    [&](std::string_view found, RowId row) { return !shown(row) || visit(found, row); });
    }
    void each_certificate(const std::function<bool(const CertificateRow&)>& visit) const override {
        rows_->each_certificate([&](const CertificateRow& row) { return !shown(row.row) || visit(row); });
    }
    void each_quota(const std::function<bool(const QuotaRow&)>& visit) const override {
        rows_->each_quota([&](const QuotaRow& row) { return !shown(row.row) || visit(row); });
    }
    void each_target(const std::function<bool(const TargetRow&)>& visit) const override {
        rows_->each_target([&](const TargetRow& row) { return !shown(row.holder) || visit(row); });
    }
    void each_policy(const std::function<bool(const PolicyRow&)>& visit) const override {
        rows_->each_policy(visit);
    }
    void each_total(const std::function<bool(const TotalRow&)>& visit) const override {
        rows_->each_total(visit);
    }
    void each_count(const std::function<bool(const CountRow&)>& visit) const override {
        rows_->each_count(visit);
    }

  private:
    [[nodiscard]] bool shown(RowId row) const {
        return row <= position_ && elsewhere_.find(row) == elsewhere_.end();
    }
    std::shared_ptr<const RowReader> rows_;
    Position position_;
    std::set<RowId> elsewhere_;
};

/// What the records behind a position have changed.
struct Later {
    std::set<std::string> certificates;
    std::set<std::string> quotas;
    std::set<std::pair<std::string, std::string>> targets;  ///< account, target
    std::map<std::string, std::uint64_t> policies;          ///< stream -> first version behind the position
    struct Decision {
        std::string account;
        events::Money amount;
        Instant at;
    };
    std::vector<Decision> refunds;
};

class LaterReader {
  public:
    LaterReader(const store::EventStore& log, const RowReader& rows) : log_(log), rows_(rows) {}

    Result<Later> read(Position position) {
        std::optional<Error> damaged;
        const auto done =
            log_.read_all(position + 1, rows_.checkpoint().position, [&](const auto& record, auto) {
                if (auto taken = take(record); !taken) damaged = taken.error();
                return !damaged;
            });
        if (!done) return tl::make_unexpected(done.error());
        if (damaged) return tl::make_unexpected(*damaged);
        for (const auto& [account, target] : later_.targets)
            later_.certificates.merge(ever_deployed_on(rows_, account, target));
        return std::move(later_);
    }

  private:
    Result<void> take(const events::RecordView& record) {
        const auto kind = events::stream_kind(record.stream);
        if (kind == events::StreamKind::certificate) {
            touch(std::string(events::id_part(record.stream)));
        } else if (kind == events::StreamKind::quota) {
            later_.quotas.insert(std::string(events::id_part(record.stream)));
        } else if (record.type == EventType::policy_adopted) {
            later_.policies.emplace(std::string(record.stream), record.version);
        }
        if (record.type != EventType::refund_granted && record.type != EventType::quota_refunded) return {};
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        if (!event) return tl::make_unexpected(event.error());
        if (const auto* granted = std::get_if<events::RefundGranted>(&*event)) {
            later_.refunds.push_back(
                {std::string(record.account), granted->amount, granted->inputs.decided_at});
        } else if (const auto* refunded = std::get_if<events::QuotaRefunded>(&*event)) {
            later_.refunds.push_back({std::string(record.account), refunded->amount, record.occurred_at});
        }
        return {};
    }

    void touch(const std::string& id) {
        if (!touched_.insert(id).second) return;
        later_.certificates.insert(id);
        const auto place = rows_.find_certificate(id);
        const auto row = place ? rows_.certificate(*place) : std::nullopt;
        if (!row) return;
        // An issue or a deletion also concerns the certificate that is renewed, and other holders of targets.
        if (row->predecessor) later_.certificates.insert(row->predecessor->value);
        for (const auto& deployment : row->deployments)
            later_.targets.emplace(row->account.value, deployment.target);
    }

    const store::EventStore& log_;
    const RowReader& rows_;
    Later later_;
    std::set<std::string> touched_;  ///< With records of their own behind the position.
};

/// Puts the rows as they were over those that were not concerned.
class Rewind {
  public:
    Rewind(const store::EventStore& log, std::shared_ptr<const RowReader> later, Position position)
        : log_(log), later_(std::move(later)), position_(position) {}

    Result<std::shared_ptr<const RowReader>> run() {
        auto changed = LaterReader(log_, *later_).read(position_);
        if (!changed) return tl::make_unexpected(changed.error());
        if (broken(*changed)) return std::shared_ptr<const RowReader>();
        Concerned concerned(log_, *later_, position_);
        for (const auto& id : changed->certificates) {
            if (auto done = concerned.add_certificate(id); !done) return tl::make_unexpected(done.error());
            hide(later_->find_certificate(id));
        }
        for (const auto& id : changed->quotas) {
            if (auto done = concerned.add_stream(events::stream_of(events::QuotaId{id})); !done)
                return tl::make_unexpected(done.error());
            const auto row = later_->quota(id);
            hide(row ? std::optional(row->row) : std::nullopt);
        }
        if (auto done = concerned.fold_into(past_, std::nullopt); !done)
            return tl::make_unexpected(done.error());
        auto rows = std::make_shared<MemoryRows>(std::make_shared<Hidden>(later_, position_, hidden_));
        put_rows(*rows, *changed);
        put_sums(*rows, *changed);
        rows->set_checkpoint({position_, events::Uuid{}});
        return rows;
    }

  private:
    /// Of a damaged stream not every decision behind the position was counted.
    [[nodiscard]] bool broken(const Later& changed) const {
        for (const auto& id : changed.certificates) {
            const auto place = later_->find_certificate(id);
            const auto row = place ? later_->certificate(*place) : std::nullopt;
            if (!row || row->broken) return true;
        }
        for (const auto& id : changed.quotas) {
            const auto row = later_->quota(id);
            if (!row || row->broken) return true;
        }
        return false;
    }
    void hide(const std::optional<RowId>& row) {
        if (row) hidden_.insert(*row);
    }

    void put_rows(MemoryRows& rows, const Later& changed) {
        for (const auto& id : changed.certificates) {
            const auto* row = past_.edit_certificate(id);
            if (row != nullptr) rows.add_certificate(id, row->row) = *row;
        }
        for (const auto& id : changed.quotas) {
            const auto* row = past_.edit_quota(id);
            if (row != nullptr) rows.add_quota(id, row->row) = *row;
        }
        for (const auto& [account, target] : changed.targets) {
            if (const auto row = past_.target(account, target)) {
                rows.set_target(account, target, row->holder);
            } else {
                rows.clear_target(account, target);
            }
        }
        for (const auto& [stream, version] : changed.policies) {
            auto& versions = rows.edit_policies(stream).versions;
            const auto behind = version;
            std::erase_if(versions, [&](const auto& made) { return made.version >= behind; });
        }
    }

    void put_sums(MemoryRows& rows, const Later& changed) {
        for (const auto& refund : changed.refunds)
            add_to_total(rows, refund.account, refund.amount, refund.at, -1);
        for (const auto& id : changed.certificates) {
            const auto place = later_->find_certificate(id);
            const auto now = place ? later_->certificate(*place) : std::nullopt;
            if (now && !now->deleted()) add_to_count(rows, *now, now->status, -1);
            const auto* then = past_.edit_certificate(id);
            if (then != nullptr && !then->deleted()) add_to_count(rows, *then, then->status, 1);
        }
    }

    const store::EventStore& log_;
    std::shared_ptr<const RowReader> later_;
    Position position_;
    std::set<RowId> hidden_;
    MemoryRows past_;
};

}  // namespace

Result<std::shared_ptr<const RowReader>> one_in_the_past(const store::EventStore& log, const RowReader& later,
                                                         const events::CertificateId& certificate,
                                                         Position position,
                                                         const std::optional<Instant>& as_at) {
    Concerned concerned(log, later, position);
    if (auto done = concerned.add_certificate(certificate.value); !done)
        return tl::make_unexpected(done.error());
    if (auto done = concerned.add_stream(events::policy_stream()); !done)
        return tl::make_unexpected(done.error());
    const auto place = later.find_certificate(certificate.value);
    const auto row = place ? later.certificate(*place) : std::nullopt;
    if (row) {
        if (auto done = concerned.add_stream(events::policy_stream(row->account)); !done)
            return tl::make_unexpected(done.error());
    }
    auto rows = std::make_shared<MemoryRows>();
    if (auto done = concerned.fold_into(*rows, as_at); !done) return tl::make_unexpected(done.error());
    return rows;
}

Result<std::shared_ptr<const RowReader>> rewound(const store::EventStore& log,
                                                 std::shared_ptr<const RowReader> later, Position position) {
    return Rewind(log, std::move(later), position).run();
}

}  // namespace certledger::projections
