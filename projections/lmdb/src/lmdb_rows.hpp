// Role: one snapshot of the rows in LMDB, and where they stand in the environment.
//
// Two generations `a` and `b` of the same sub-databases; `meta` says which is live.
//   certificates   row id (integer)                           -> place of the card, rest of the row
//   deleted        row id (integer)                           -> card, where it is in no list any more
//   filling        row id (integer)                           -> card, while there are no indexes yet
//   ids            certificate id                             -> row id, created_at
//   index-<code>   key as in index.hpp                        -> nothing; for Index::created the card, for
//                  quotas the row id
//   others         `q` quota id | `t` account NUL target | `p` stream | `s` total's key | `n` count's
//                  key -> row, canonical;
//                  targets whose cut names are equal share a value
//   meta           `live` -> generation; `<generation>.rows` -> fingerprint; `<generation>.checkpoint`
//                  -> position, 8 octets little-endian, and event id, 16 octets
#pragma once

#include <array>
#include <certledger/events/canonical.hpp>
#include <certledger/projections/row_reader.hpp>
#include <certledger/store/lmdb/environment.hpp>

namespace certledger::projections::lmdb {

namespace engine = certledger::store::lmdb;

/// The card of a certificate that is listed stands as the value of its entry in Index::created, so that a
/// page is read from neighbouring pages of the file; everything else about it stands in `certificates`.
struct Generation {
    engine::Database certificates;
    engine::Database deleted;
    engine::Database filling;
    engine::Database ids;
    engine::Database others;
    /// By their codes. Each by itself, so that a rebuild can fill all of them account by account.
    std::array<engine::Database, kIndexCodes> indexes;

    [[nodiscard]] engine::Database of(Index index) const { return indexes[static_cast<std::size_t>(index)]; }
};

/// Key of a certificate's card in the index by creation.
[[nodiscard]] std::string card_key(const CertificateRow& row);
/// What stands before the rest in `certificates`: the key of the card without the row's id.
[[nodiscard]] std::string card_place(const CertificateRow& row);
/// Value in `ids`.
[[nodiscard]] std::string id_value(const CertificateRow& row);
void encode_card(const CertificateRow& row, events::Bytes& to);
void encode_rest(const CertificateRow& row, events::Bytes& to);

/// The value or, because a view that cannot be read has to be made anew, OutcomeUnknown.
template <class T>
T sure(Result<T> result) {
    if (!result) throw OutcomeUnknown("views: " + result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Keys in `others`.
[[nodiscard]] std::string target_key(std::string_view account, std::string_view target);
[[nodiscard]] inline std::string quota_key(std::string_view id) { return "q" + std::string(id); }
[[nodiscard]] inline std::string policy_key(std::string_view stream) { return "p" + std::string(stream); }
[[nodiscard]] inline std::string total_place(std::string_view total) { return "s" + std::string(total); }
[[nodiscard]] inline std::string count_place(std::string_view count) { return "n" + std::string(count); }
[[nodiscard]] events::Bytes checkpoint_octets(const Checkpoint& checkpoint);
/// Checkpoint 0 where there is none.
[[nodiscard]] Checkpoint read_checkpoint(const engine::Transaction& transaction, engine::Database meta,
                                         char generation);
[[nodiscard]] std::string read_text(const engine::Transaction& transaction, engine::Database meta,
                                    std::string_view key);

class LmdbRows final : public RowReader {
  public:
    LmdbRows(std::shared_ptr<const void> keeper, engine::ReadTransaction transaction, Generation generation,
             Checkpoint checkpoint)
        : keeper_(std::move(keeper)),
          transaction_(std::move(transaction)),
          generation_(generation),
          checkpoint_(checkpoint) {}

    [[nodiscard]] Checkpoint checkpoint() const override { return checkpoint_; }
    [[nodiscard]] std::optional<RowId> find_certificate(std::string_view id) const override;
    [[nodiscard]] bool read_certificate(RowId row, CertificateRow& into) const override;
    [[nodiscard]] bool read_card(RowId row, CertificateRow& into) const override;
    [[nodiscard]] bool find_card(std::string_view account, std::string_view id, CertificateRow& memory,
                                 const CardVisitor& visit) const override;
    [[nodiscard]] std::optional<QuotaRow> quota(std::string_view id) const override;
    [[nodiscard]] std::optional<TargetRow> target(std::string_view account,
                                                  std::string_view target) const override;
    [[nodiscard]] std::optional<PolicyRow> policies(std::string_view stream) const override;
    [[nodiscard]] std::optional<TotalRow> total(const std::string& key) const override;
    [[nodiscard]] std::optional<CountRow> count(const std::string& key) const override;
    void scan(Index index, std::string_view from, std::string_view to, bool descending,
              const IndexVisitor& visit) const override;
    void scan_cards(std::string_view from, std::string_view to, bool descending,
                    const CardScanVisitor& visit) const override;
    void each_certificate(const std::function<bool(const CertificateRow&)>& visit) const override;
    void each_quota(const std::function<bool(const QuotaRow&)>& visit) const override;
    void each_target(const std::function<bool(const TargetRow&)>& visit) const override;
    void each_policy(const std::function<bool(const PolicyRow&)>& visit) const override;
    void each_total(const std::function<bool(const TotalRow&)>& visit) const override;
    void each_count(const std::function<bool(const CountRow&)>& visit) const override;
    void each_total_of(std::string_view account,
                       const std::function<bool(const TotalRow&)>& visit) const override;
    void each_count_of(std::string_view account,
                       const std::function<bool(const CountRow&)>& visit) const override;

  private:
    /// Visits key and value of the entries of a range of `index`.
    using EntryVisitor = std::function<bool(std::string_view key, engine::Octets value)>;
    void scan_entries(Index index, std::string_view from, std::string_view to, bool descending,
                      const EntryVisitor& visit) const;
    /// Reads the card of a row whose value in `certificates` is given, and returns the rest of that.
    engine::Octets read_card_of(RowId row, engine::Octets value, CertificateRow& into) const;
    template <class Row>
    [[nodiscard]] std::optional<Row> other(const std::string& key) const;
    /// Every row in `others` whose key begins so.
    template <class Row>
    void each_other(std::string_view prefix, const std::function<bool(const Row&)>& visit) const;

    std::shared_ptr<const void> keeper_;  ///< Keeps the environment open as long as the transaction.
    engine::ReadTransaction transaction_;
    Generation generation_;
    Checkpoint checkpoint_;
};

}  // namespace certledger::projections::lmdb
