#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/projections/memory_rows.hpp>

namespace certledger::projections {

namespace {

void append_month(std::string& to, int year, int month) {
    key::append(to, static_cast<std::uint64_t>(year) * 12 + static_cast<std::uint64_t>(month));
}

void make_total_key(std::string& made, std::string_view account, std::string_view currency, int year,
                    int month) {
    key::append_account(made, account);
    key::append(made, currency);
    append_month(made, year, month);
}

void make_count_key(std::string& made, std::string_view account, Status status, int year, int month) {
    key::append_account(made, account);
    made.push_back(static_cast<char>(status));
    append_month(made, year, month);
}

}  // namespace

std::string total_key(const TotalRow& row) {
    std::string made;
    make_total_key(made, row.account.value, row.currency, row.year, row.month);
    return made;
}

std::string count_key(const CountRow& row) {
    std::string made;
    make_count_key(made, row.account.value, row.status, row.year, row.month);
    return made;
}

MemoryRows::MemoryRows(std::shared_ptr<const RowReader> base)
    : base_(std::move(base)), checkpoint_(base_ ? base_->checkpoint() : Checkpoint{}) {}

CertificateRow* MemoryRows::take_from_base(RowId row) {
    if (!base_) return nullptr;
    ChangedCertificate taken;
    if (!base_->read_certificate(row, taken.now)) return nullptr;
    taken.keys_before = index_keys(taken.now);
    taken.in_base = true;
    std::string id = taken.now.certificate.value;
    auto& kept = certificates_.emplace(std::move(id), std::move(taken)).first->second;
    by_row_.emplace(row, &kept);
    return &kept.now;
}

CertificateRow* MemoryRows::edit_certificate(std::string_view id) {
    indexed_ = false;
    const auto found = certificates_.find(id);
    if (found != certificates_.end()) return &found->second.now;
    if (!base_) return nullptr;
    const auto row = base_->find_certificate(id);
    return row ? take_from_base(*row) : nullptr;
}

CertificateRow* MemoryRows::edit_certificate(RowId row) {
    indexed_ = false;
    const auto found = by_row_.find(row);
    return found != by_row_.end() ? &found->second->now : take_from_base(row);
}

CertificateRow& MemoryRows::add_certificate(std::string_view id, RowId row) {
    indexed_ = false;
    auto& kept = certificates_[std::string(id)];
    kept.now.certificate.value = id;
    kept.now.row = row;
    by_row_[row] = &kept;
    return kept.now;
}

QuotaRow* MemoryRows::edit_quota(std::string_view id) {
    indexed_ = false;
    const auto found = quotas_.find(id);
    if (found != quotas_.end()) return &found->second;
    if (!base_) return nullptr;
    auto row = base_->quota(id);
    return row ? &quotas_.emplace(std::string(id), std::move(*row)).first->second : nullptr;
}

QuotaRow& MemoryRows::add_quota(std::string_view id, RowId row) {
    indexed_ = false;
    auto& kept = quotas_[std::string(id)];
    kept.quota.value = id;
    kept.row = row;
    return kept;
}

void MemoryRows::set_target(std::string_view account, std::string_view target, RowId holder) {
    targets_[{std::string(account), std::string(target)}] =
        TargetRow{holder, events::AccountId{std::string(account)}, std::string(target)};
}

void MemoryRows::clear_target(std::string_view account, std::string_view target) {
    targets_[{std::string(account), std::string(target)}] = std::nullopt;
}

PolicyRow& MemoryRows::edit_policies(std::string_view stream) {
    const auto found = policies_.find(stream);
    if (found != policies_.end()) return found->second;
    PolicyRow row;
    if (base_) row = base_->policies(stream).value_or(PolicyRow{});
    row.stream = stream;
    return policies_.emplace(row.stream, row).first->second;
}

TotalRow& MemoryRows::edit_total(std::string_view account, std::string_view currency, int year, int month) {
    sum_key_.clear();
    make_total_key(sum_key_, account, currency, year, month);
    const auto found = totals_.find(sum_key_);
    if (found != totals_.end()) return found->second;
    auto kept = base_ ? base_->total(sum_key_) : std::nullopt;
    if (!kept) {
        kept.emplace();
        kept->account.value = account;
        kept->currency = currency;
        kept->year = year;
        kept->month = month;
    }
    return totals_.emplace(sum_key_, std::move(*kept)).first->second;
}

CountRow& MemoryRows::edit_count(std::string_view account, Status status, int year, int month) {
    sum_key_.clear();
    make_count_key(sum_key_, account, status, year, month);
    const auto found = counts_.find(sum_key_);
    if (found != counts_.end()) return found->second;
    auto kept = base_ ? base_->count(sum_key_) : std::nullopt;
    if (!kept) {
        kept.emplace();
        kept->account.value = account;
        kept->status = status;
        kept->year = year;
        kept->month = month;
    }
    return counts_.emplace(sum_key_, std::move(*kept)).first->second;
}

std::optional<RowId> MemoryRows::find_certificate(std::string_view id) const {
    const auto found = certificates_.find(id);
    if (found != certificates_.end()) return found->second.now.row;
    return base_ ? base_->find_certificate(id) : std::nullopt;
}

bool MemoryRows::read_certificate(RowId row, CertificateRow& into) const {
    const auto found = by_row_.find(row);
    if (found == by_row_.end()) return base_ && base_->read_certificate(row, into);
    into = found->second->now;
    return true;
}

std::vector<const MemoryRows::ChangedCertificate*> MemoryRows::changed_certificates() const {
    std::vector<const ChangedCertificate*> changed;
    changed.reserve(by_row_.size());
    for (const auto& [row, kept] : by_row_) changed.push_back(kept);
    std::sort(changed.begin(), changed.end(),
              [](const auto* a, const auto* b) { return a->now.row < b->now.row; });
    return changed;
}

std::optional<QuotaRow> MemoryRows::quota(std::string_view id) const {
    const auto found = quotas_.find(id);
    if (found != quotas_.end()) return found->second;
    return base_ ? base_->quota(id) : std::nullopt;
}

std::optional<TargetRow> MemoryRows::target(std::string_view account, std::string_view target) const {
    const auto found = targets_.find({std::string(account), std::string(target)});
    if (found != targets_.end()) return found->second;
    return base_ ? base_->target(account, target) : std::nullopt;
}

std::optional<PolicyRow> MemoryRows::policies(std::string_view stream) const {
    const auto found = policies_.find(stream);
    if (found != policies_.end()) return found->second;
    return base_ ? base_->policies(stream) : std::nullopt;
}

void MemoryRows::index_if_needed() const {
    if (indexed_) return;
    entries_.clear();
    const auto add = [this](const IndexKeys& keys, RowId row) {
        for (const auto& [index, made] : keys) entries_[index].emplace(made, row);
    };
    for (const auto& [row, changed] : by_row_) add(index_keys(changed->now), row);
    for (const auto& [id, row] : quotas_) add(index_keys(row), row.row);
    indexed_ = true;
}

namespace {

/// Own entries between entries of the base, in order.
template <class Iterator>
class Merge {
  public:
    Merge(Iterator next, Iterator end, bool descending, const IndexVisitor& visit)
        : next_(next), end_(end), descending_(descending), visit_(visit) {}

    /// Visits what stands before the key; false when the visitor has enough.
    bool before(std::string_view key) {
        while (go_on_ && next_ != end_ && (descending_ ? next_->first > key : next_->first < key)) step();
        return go_on_;
    }
    bool rest() {
        while (go_on_ && next_ != end_) step();
        return go_on_;
    }
    bool pass(std::string_view key, RowId row) { return go_on_ = visit_(key, row); }

  private:
    void step() {
        go_on_ = visit_(next_->first, next_->second);
        ++next_;
    }
    Iterator next_;
    Iterator end_;
    bool descending_;
    bool go_on_ = true;
    const IndexVisitor& visit_;
};

}  // namespace

void MemoryRows::scan(Index index, std::string_view from, std::string_view to, bool descending,
                      const IndexVisitor& visit) const {
    if (from >= to) return;
    index_if_needed();
    const auto& entries = entries_[index];
    const auto first = entries.lower_bound(from);
    const auto last = entries.lower_bound(to);
    const auto through = [&](auto merge) {
        if (base_) {
            base_->scan(index, from, to, descending, [&](std::string_view key, RowId row) {
                // An entry of the base whose row was changed here counts no more: it stands among the own
                // ones.
                const bool replaced = index == Index::quota
                                          ? quotas_.find(key.substr(key.find('\0') + 9)) != quotas_.end()
                                          : by_row_.find(row) != by_row_.end();
                if (replaced) return true;
                return merge.before(key) && merge.pass(key, row);
            });
        }
        merge.rest();
    };
    if (descending) {
        through(Merge(std::make_reverse_iterator(last), std::make_reverse_iterator(first), true, visit));
    } else {
        through(Merge(first, last, false, visit));
    }
}

void MemoryRows::each_certificate(const std::function<bool(const CertificateRow&)>& visit) const {
    const auto changed = changed_certificates();
    auto own = changed.begin();
    bool go_on = true;
    const auto own_before = [&](RowId row) {
        for (; go_on && own != changed.end() && (*own)->now.row < row; ++own) go_on = visit((*own)->now);
    };
    if (base_) {
        base_->each_certificate([&](const CertificateRow& row) {
            own_before(row.row);
            if (go_on && by_row_.find(row.row) == by_row_.end()) go_on = visit(row);
            return go_on;
        });
    }
    own_before(~RowId{0});
}

namespace {

/// Rows of the base that were not changed, then the changed ones: sorted by key, so that the order depends
/// only on the rows.
template <class Row, class KeyOf>
void visit_sorted(std::vector<Row>& rows, const KeyOf& key_of, const std::function<bool(const Row&)>& visit) {
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key_of(a) < key_of(b); });
    for (const auto& row : rows) {
        if (!visit(row)) return;
    }
}

}  // namespace

void MemoryRows::each_quota(const std::function<bool(const QuotaRow&)>& visit) const {
    std::vector<QuotaRow> rows;
    if (base_) {
        base_->each_quota([&](const QuotaRow& row) {
            if (quotas_.find(row.quota.value) == quotas_.end()) rows.push_back(row);
            return true;
        });
    }
    for (const auto& [id, row] : quotas_) rows.push_back(row);
    visit_sorted<QuotaRow>(
        rows, [](const QuotaRow& row) { return row.quota.value; }, visit);
}

void MemoryRows::each_target(const std::function<bool(const TargetRow&)>& visit) const {
    std::vector<TargetRow> rows;
    if (base_) {
        base_->each_target([&](const TargetRow& row) {
            if (targets_.find({row.account.value, row.target}) == targets_.end()) rows.push_back(row);
            return true;
        });
    }
    for (const auto& [names, row] : targets_) {
        if (row) rows.push_back(*row);
    }
    visit_sorted<TargetRow>(
        rows, [](const TargetRow& row) { return std::pair(row.account.value, row.target); }, visit);
}

std::optional<TotalRow> MemoryRows::total(const std::string& key) const {
    const auto found = totals_.find(key);
    if (found != totals_.end()) return found->second;
    return base_ ? base_->total(key) : std::nullopt;
}

std::optional<CountRow> MemoryRows::count(const std::string& key) const {
    const auto found = counts_.find(key);
    if (found != counts_.end()) return found->second;
    return base_ ? base_->count(key) : std::nullopt;
}

void MemoryRows::each_policy(const std::function<bool(const PolicyRow&)>& visit) const {
    std::vector<PolicyRow> rows;
    if (base_) {
        base_->each_policy([&](const PolicyRow& row) {
            if (policies_.find(row.stream) == policies_.end()) rows.push_back(row);
            return true;
        });
    }
    for (const auto& [stream, row] : policies_) rows.push_back(row);
    visit_sorted<PolicyRow>(
        rows, [](const PolicyRow& row) { return row.stream; }, visit);
}

void MemoryRows::each_total(const std::function<bool(const TotalRow&)>& visit) const {
    std::vector<TotalRow> rows;
    if (base_) {
        base_->each_total([&](const TotalRow& row) {
            if (totals_.find(total_key(row)) == totals_.end()) rows.push_back(row);
            return true;
        });
    }
    for (const auto& [made, row] : totals_) rows.push_back(row);
    visit_sorted<TotalRow>(rows, total_key, visit);
}

void MemoryRows::each_count(const std::function<bool(const CountRow&)>& visit) const {
    std::vector<CountRow> rows;
    if (base_) {
        base_->each_count([&](const CountRow& row) {
            if (counts_.find(count_key(row)) == counts_.end()) rows.push_back(row);
            return true;
        });
    }
    for (const auto& [made, row] : counts_) rows.push_back(row);
    visit_sorted<CountRow>(rows, count_key, visit);
}

void MemoryRows::absorb(const MemoryRows& changes) {
    indexed_ = false;
    for (const auto& [row, changed] : changes.by_row_) {
        add_certificate(changed->now.certificate.value, row) = changed->now;
    }
    for (const auto& [id, row] : changes.quotas_) quotas_[id] = row;
    for (const auto& [names, row] : changes.targets_) targets_[names] = row;
    for (const auto& [stream, row] : changes.policies_) policies_[stream] = row;
    for (const auto& [made, row] : changes.totals_) totals_[made] = row;
    for (const auto& [made, row] : changes.counts_) counts_[made] = row;
    checkpoint_ = changes.checkpoint_;
}

}  // namespace certledger::projections
