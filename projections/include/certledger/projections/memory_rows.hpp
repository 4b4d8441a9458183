// Role: rows in memory: what a fold works on. Either all rows, or the changes over rows that are kept
// elsewhere.
#pragma once

#include <certledger/projections/row_reader.hpp>
#include <map>
#include <memory>
#include <unordered_map>

namespace certledger::projections {

/// For unordered maps that are asked with a string_view.
struct TextHash {
    using is_transparent = void;
    // Not noexcept: the standard library then keeps the hash beside the text.
    [[nodiscard]] std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// Durability: none. Threads: one while it is changed; const functions build indexes on demand and so are for
/// one thread too. Lifetime: holds its base.
class MemoryRows final : public RowReader {
  public:
    MemoryRows() = default;
    /// Changes over `base`, which stays as it is.
    explicit MemoryRows(std::shared_ptr<const RowReader> base);

    // What a fold changes. References and pointers hold as long as the rows.
    [[nodiscard]] CertificateRow* edit_certificate(std::string_view id);
    [[nodiscard]] CertificateRow* edit_certificate(RowId row);
    CertificateRow& add_certificate(std::string_view id, RowId row);
    [[nodiscard]] QuotaRow* edit_quota(std::string_view id);
    QuotaRow& add_quota(std::string_view id, RowId row);
    void set_target(std::string_view account, std::string_view target, RowId holder);
    void clear_target(std::string_view account, std::string_view target);
    PolicyRow& edit_policies(std::string_view stream);
    TotalRow& edit_total(std::string_view account, std::string_view currency, int year, int month);
    CountRow& edit_count(std::string_view account, Status status, int year, int month);
    void set_checkpoint(Checkpoint checkpoint) noexcept { checkpoint_ = checkpoint; }
    /// A record came that has no row or is of another account than its row: no such log was written by this
    /// program.
    void note_stray() noexcept { ++strays_; }
    [[nodiscard]] std::uint64_t strays() const noexcept { return strays_; }
    /// Lets the base go once nothing more is read: it may then be changed in place.
    void release_base() noexcept { base_.reset(); }

    // RowReader
    [[nodiscard]] Checkpoint checkpoint() const override { return checkpoint_; }
    [[nodiscard]] std::optional<RowId> find_certificate(std::string_view id) const override;
    [[nodiscard]] bool read_certificate(RowId row, CertificateRow& into) const override;
    [[nodiscard]] std::optional<QuotaRow> quota(std::string_view id) const override;
    [[nodiscard]] std::optional<TargetRow> target(std::string_view account,
                                                  std::string_view target) const override;
    [[nodiscard]] std::optional<PolicyRow> policies(std::string_view stream) const override;
    [[nodiscard]] std::optional<TotalRow> total(const std::string& key) const override;
    [[nodiscard]] std::optional<CountRow> count(const std::string& key) const override;
    void scan(Index index, std::string_view from, std::string_view to, bool descending,
              const IndexVisitor& visit) const override;
    void each_certificate(const std::function<bool(const CertificateRow&)>& visit) const override;
    void each_quota(const std::function<bool(const QuotaRow&)>& visit) const override;
    void each_target(const std::function<bool(const TargetRow&)>& visit) const override;
    void each_policy(const std::function<bool(const PolicyRow&)>& visit) const override;
    void each_total(const std::function<bool(const TotalRow&)>& visit) const override;
    void each_count(const std::function<bool(const CountRow&)>& visit) const override;

    /// A row as it is now, and its index entries as the base has them.
    struct ChangedCertificate {
        CertificateRow now;
        IndexKeys keys_before;
        bool in_base = false;
    };
    /// A target's row; none when it became free.
    using ChangedTarget = std::optional<TargetRow>;

    // What was looked at for change, for a keeper of rows to take over.
    /// In the order of their rows.
    [[nodiscard]] std::vector<const ChangedCertificate*> changed_certificates() const;
    [[nodiscard]] const TextMap<QuotaRow>& changed_quotas() const { return quotas_; }
    [[nodiscard]] const std::map<std::pair<std::string, std::string>, ChangedTarget>& changed_targets()
        const {
        return targets_;
    }
    [[nodiscard]] const std::map<std::string, PolicyRow, std::less<>>& changed_policies() const {
        return policies_;
    }
    [[nodiscard]] const TextMap<TotalRow>& changed_totals() const { return totals_; }
    [[nodiscard]] const TextMap<CountRow>& changed_counts() const { return counts_; }
    /// Takes over the changes of rows that were folded over these.
    void absorb(const MemoryRows& changes);

  private:
    using Entries = std::map<std::string, RowId, std::less<>>;

    CertificateRow* take_from_base(RowId row);
    void index_if_needed() const;

    std::shared_ptr<const RowReader> base_;
    Checkpoint checkpoint_;
    std::uint64_t strays_ = 0;
    TextMap<ChangedCertificate> certificates_;
    std::unordered_map<RowId, ChangedCertificate*> by_row_;
    TextMap<QuotaRow> quotas_;
    std::map<std::pair<std::string, std::string>, ChangedTarget> targets_;
    std::map<std::string, PolicyRow, std::less<>> policies_;
    TextMap<TotalRow> totals_;
    TextMap<CountRow> counts_;
    std::string sum_key_;  ///< Memory for the key of a total or count.
    // Indexes of the rows above, made when they are first asked for after a change.
    mutable bool indexed_ = false;
    mutable std::map<Index, Entries> entries_;
};

/// The key of a total: `account NUL currency NUL year month`.
[[nodiscard]] std::string total_key(const TotalRow& row);
/// The key of a count: `account NUL status year month`.
[[nodiscard]] std::string count_key(const CountRow& row);

}  // namespace certledger::projections
