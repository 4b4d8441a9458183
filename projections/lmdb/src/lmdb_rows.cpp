#include "lmdb_rows.hpp"

#include <algorithm>

namespace certledger::projections::lmdb {

using engine::Octets;
using engine::octets_of;
using engine::text_of;

std::string target_key(std::string_view account, std::string_view target) {
    std::string made = "t" + key::of_account(account);
    made.append(target.substr(0, key::kMostText));
    return made;
}

std::string index_key(Index index, std::string_view key) {
    std::string made(1, static_cast<char>(index));
    made.append(key);
    return made;
}

events::Bytes checkpoint_octets(const Checkpoint& checkpoint) {
    events::Bytes octets;
    events::CanonicalWriter writer(octets);
    writer.write(checkpoint.position);
    writer.write(checkpoint.event);
    return octets;
}

Checkpoint read_checkpoint(const engine::Transaction& transaction, engine::Database meta, char generation) {
    const auto found = sure(transaction.get(meta, octets_of(std::string(1, generation) + ".checkpoint")));
    Checkpoint checkpoint;
    if (!found) return checkpoint;
    events::CanonicalReader reader(*found, 1);
    reader.read(checkpoint.position);
    reader.read(checkpoint.event);
    if (!reader.ok()) throw OutcomeUnknown("views: the checkpoint cannot be read");
    return checkpoint;
}

std::string read_text(const engine::Transaction& transaction, engine::Database meta, std::string_view key) {
    const auto found = sure(transaction.get(meta, octets_of(key)));
    return found ? std::string(text_of(*found)) : std::string();
}

std::optional<RowId> LmdbRows::find_certificate(std::string_view id) const {
    if (id.empty() || id.size() > engine::kMaxKeySize) return std::nullopt;
    const auto found = sure(transaction_.get(generation_.ids, octets_of(id)));
    if (!found) return std::nullopt;
    return key::read_number(text_of(*found));
}

namespace {

void decode_into(Octets octets, CertificateRow& into) {
    events::CanonicalReader reader(octets, 1);
    reader.read(into);
    if (!reader.ok() || reader.left() != 0)
        throw OutcomeUnknown("views: a certificate's row: " + reader.fault());
}

}  // namespace

bool LmdbRows::read_certificate(RowId row, CertificateRow& into) const {
    const std::uint64_t number = row;
    const auto found = sure(transaction_.get(generation_.certificates, engine::integer_key(number)));
    if (found) decode_into(*found, into);
    return found.has_value();
}

template <class Row>
std::optional<Row> LmdbRows::other(const std::string& key) const {
    if (key.size() > engine::kMaxKeySize) return std::nullopt;
    const auto found = sure(transaction_.get(generation_.others, octets_of(key)));
    if (!found) return std::nullopt;
    return sure(events::decode<Row>(*found));
}

std::optional<QuotaRow> LmdbRows::quota(std::string_view id) const {
    return other<QuotaRow>("q" + std::string(id));
}

std::optional<TargetRow> LmdbRows::target(std::string_view account, std::string_view target) const {
    const auto rows = other<std::vector<TargetRow>>(target_key(account, target));
    if (!rows) return std::nullopt;
    const auto found =
        std::find_if(rows->begin(), rows->end(), [&](const auto& row) { return row.target == target; });
    return found == rows->end() ? std::nullopt : std::optional(*found);
}

std::optional<PolicyRow> LmdbRows::policies(std::string_view stream) const {
    return other<PolicyRow>("p" + std::string(stream));
}

std::optional<TotalRow> LmdbRows::total(const std::string& key) const { return other<TotalRow>("s" + key); }

std::optional<CountRow> LmdbRows::count(const std::string& key) const { return other<CountRow>("n" + key); }

void LmdbRows::scan(Index index, std::string_view from, std::string_view to, bool descending,
                    const IndexVisitor& visit) const {
    if (from >= to) return;
    const auto first = index_key(index, from);
    const auto last = index_key(index, to);
    auto cursor = sure(transaction_.cursor(generation_.index));
    bool there = sure(descending ? cursor.seek_back(octets_of(last)) : cursor.seek(octets_of(first)));
    // The upper bound does not belong to the range.
    if (descending && there && text_of(cursor.key()) == last) there = sure(cursor.previous());
    while (there) {
        const auto found = text_of(cursor.key());
        if (descending ? found < first : found >= last) return;
        const auto row =
            cursor.value().empty() ? key::row_of(found) : key::read_number(text_of(cursor.value()));
        if (!visit(found.substr(1), row)) return;
        there = sure(descending ? cursor.previous() : cursor.next());
    }
}

void LmdbRows::each_certificate(const std::function<bool(const CertificateRow&)>& visit) const {
    CertificateRow row;
    auto cursor = sure(transaction_.cursor(generation_.certificates));
    for (bool there = sure(cursor.first()); there; there = sure(cursor.next())) {
        decode_into(cursor.value(), row);
        if (!visit(row)) return;
    }
}

template <class Row>
void LmdbRows::each_other(char tag, const std::function<bool(const Row&)>& visit) const {
    auto cursor = sure(transaction_.cursor(generation_.others));
    const std::string from(1, tag);
    for (bool there = sure(cursor.seek(octets_of(from))); there && text_of(cursor.key()).front() == tag;
         there = sure(cursor.next())) {
        if (!visit(sure(events::decode<Row>(cursor.value())))) return;
    }
}

void LmdbRows::each_quota(const std::function<bool(const QuotaRow&)>& visit) const {
    each_other<QuotaRow>('q', visit);
}

void LmdbRows::each_target(const std::function<bool(const TargetRow&)>& visit) const {
    each_other<std::vector<TargetRow>>('t', [&](const std::vector<TargetRow>& rows) {
        return std::all_of(rows.begin(), rows.end(), visit);
    });
}

void LmdbRows::each_policy(const std::function<bool(const PolicyRow&)>& visit) const {
    each_other<PolicyRow>('p', visit);
}

void LmdbRows::each_count(const std::function<bool(const CountRow&)>& visit) const {
    each_other<CountRow>('n', visit);
}

void LmdbRows::each_total(const std::function<bool(const TotalRow&)>& visit) const {
    each_other<TotalRow>('s', visit);
}

}  // namespace certledger::projections::lmdb
