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

std::string card_place(const CertificateRow& row) {
    std::string made = key::of_account(row.account.value);
    key::append(made, row.created_at);
    return made;
}

namespace {

std::string card_key_at(std::string_view place, RowId row) {
    std::string made(place);
    key::append(made, row);
    return made;
}

[[noreturn]] void cannot_be_read(const std::string& why) { throw OutcomeUnknown("views: a row: " + why); }

/// Reads what `fields` describes; the octets hold nothing else.
template <class Fields>
void decode_fields(Octets octets, const Fields& fields) {
    events::CanonicalReader reader(octets, 1);
    fields(reader);
    if (!reader.ok() || reader.left() != 0) cannot_be_read(reader.fault());
}

}  // namespace

std::string card_key(const CertificateRow& row) { return card_key_at(card_place(row), row.row); }

std::string id_value(const CertificateRow& row) {
    std::string made;
    key::append(made, row.row);
    key::append(made, row.created_at);
    return made;
}

// serialize() is one function for reading and writing and so not const; writing changes nothing.
void encode_card(const CertificateRow& row, events::Bytes& to) {
    events::CanonicalWriter writer(to);
    const_cast<CertificateRow&>(row).serialize_card(writer);
}

void encode_rest(const CertificateRow& row, events::Bytes& to) {
    const auto place = card_place(row);
    to.insert(to.end(), place.begin(), place.end());
    events::CanonicalWriter writer(to);
    const_cast<CertificateRow&>(row).serialize_rest(writer);
}

Octets LmdbRows::read_card_of(RowId row, Octets value, CertificateRow& into) const {
    const auto account_end = std::find(value.begin(), value.end(), std::uint8_t{0});
    const auto place_size =
        static_cast<std::size_t>(account_end - value.begin()) + 1 + sizeof(Instant::micros);
    if (place_size > value.size()) cannot_be_read("it is too short");
    const auto key = card_key_at(text_of(value.first(place_size)), row);
    auto card = sure(transaction_.get(generation_.of(Index::created), octets_of(key)));
    for (const auto elsewhere : {generation_.deleted, generation_.filling}) {
        if (!card) card = sure(transaction_.get(elsewhere, engine::integer_key(row)));
    }
    if (!card) cannot_be_read("it has no card");
    static_cast<void>(Card(key, *card, into).row());
    return value.subspan(place_size);
}

bool LmdbRows::read_card(RowId row, CertificateRow& into) const {
    const auto found = sure(transaction_.get(generation_.certificates, engine::integer_key(row)));
    if (found) read_card_of(row, *found, into);
    return found.has_value();
}

bool LmdbRows::find_card(std::string_view account, std::string_view id, CertificateRow& memory,
                         const CardVisitor& visit) const {
    if (id.empty() || id.size() > engine::kMaxKeySize) return false;
    const auto found = sure(transaction_.get(generation_.ids, octets_of(id)));
    if (!found) return false;
    // What stands behind the account in the card's key, but for the order of its two parts.
    const auto value = text_of(*found);
    std::string place = key::of_account(account);
    place.append(value.substr(std::min(value.size(), sizeof(RowId))));
    const RowId row = key::read_number(value);
    const auto key = card_key_at(place, row);
    const auto card = sure(transaction_.get(generation_.of(Index::created), octets_of(key)));
    if (card) visit(Card(key, *card, memory));
    return card.has_value();
}

bool LmdbRows::read_certificate(RowId row, CertificateRow& into) const {
    const auto found = sure(transaction_.get(generation_.certificates, engine::integer_key(row)));
    if (!found) return false;
    const auto rest = read_card_of(row, *found, into);
    decode_fields(rest, [&](auto& reader) { into.serialize_rest(reader); });
    return true;
}

template <class Row>
std::optional<Row> LmdbRows::other(const std::string& key) const {
    if (key.size() > engine::kMaxKeySize) return std::nullopt;
    const auto found = sure(transaction_.get(generation_.others, octets_of(key)));
    if (!found) return std::nullopt;
    return sure(events::decode<Row>(*found));
}

std::optional<QuotaRow> LmdbRows::quota(std::string_view id) const { return other<QuotaRow>(quota_key(id)); }

std::optional<TargetRow> LmdbRows::target(std::string_view account, std::string_view target) const {
    const auto rows = other<std::vector<TargetRow>>(target_key(account, target));
    if (!rows) return std::nullopt;
    const auto found =
        std::find_if(rows->begin(), rows->end(), [&](const auto& row) { return row.target == target; });
    return found == rows->end() ? std::nullopt : std::optional(*found);
}

std::optional<PolicyRow> LmdbRows::policies(std::string_view stream) const {
    return other<PolicyRow>(policy_key(stream));
}

std::optional<TotalRow> LmdbRows::total(const std::string& key) const {
    return other<TotalRow>(total_place(key));
}

std::optional<CountRow> LmdbRows::count(const std::string& key) const {
    return other<CountRow>(count_place(key));
}

namespace {

/// Asks the memory for the page that a scan has come to, and for the one behind it, which an index that was
/// filled in order has next. Entries of a page lie the last one first, which no processor foresees.
class PageAhead {
  public:
    void reached(const std::uint8_t* entry) {
        constexpr std::uintptr_t page_size = 4096;
        const auto page = reinterpret_cast<std::uintptr_t>(entry) / page_size * page_size;
        if (page == page_) return;
        // The scan's second page was asked for with its first.
        if (page != page_ + page_size) ask(page, page_size);
        ask(page + page_size, page_size);
        page_ = page;
    }

  private:
    static void ask(std::uintptr_t from, std::uintptr_t size) {
        constexpr std::uintptr_t line = 64;
        for (std::uintptr_t at = from; at < from + size; at += line)
            __builtin_prefetch(reinterpret_cast<const void*>(at));
    }
    std::uintptr_t page_ = 0;
};

}  // namespace

void LmdbRows::scan_entries(Index index, std::string_view from, std::string_view to, bool descending,
                            const EntryVisitor& visit) const {
    if (from >= to) return;
    auto cursor = sure(transaction_.cursor(generation_.of(index)));
    bool there = false;
    if (descending) {
        there = sure(cursor.seek_back(octets_of(to)));
        // The upper bound does not belong to the range.
        if (there && text_of(cursor.key()) == to) there = sure(cursor.previous());
    } else {
        there = sure(from.empty() ? cursor.first() : cursor.seek(octets_of(from)));
    }
    PageAhead ahead;
    while (there) {
        const auto found = text_of(cursor.key());
        ahead.reached(cursor.key().data());
        if (descending ? found < from : found >= to) return;
        if (!visit(found, cursor.value())) return;
        there = sure(descending ? cursor.previous() : cursor.next());
    }
}

void LmdbRows::scan(Index index, std::string_view from, std::string_view to, bool descending,
                    const IndexVisitor& visit) const {
    scan_entries(index, from, to, descending, [&](std::string_view found, Octets value) {
        return visit(found, index == Index::quota ? key::read_number(text_of(value)) : key::row_of(found));
    });
}

void LmdbRows::scan_cards(std::string_view from, std::string_view to, bool descending,
                          const CardScanVisitor& visit) const {
    CertificateRow memory;
    scan_entries(Index::created, from, to, descending, [&](std::string_view found, Octets value) {
        return visit(found, Card(found, value, memory));
    });
}

void LmdbRows::each_certificate(const std::function<bool(const CertificateRow&)>& visit) const {
    CertificateRow row;
    auto cursor = sure(transaction_.cursor(generation_.certificates));
    for (bool there = sure(cursor.first()); there; there = sure(cursor.next())) {
        const auto rest = read_card_of(engine::integer_of(cursor.key()), cursor.value(), row);
        decode_fields(rest, [&](auto& reader) { row.serialize_rest(reader); });
        if (!visit(row)) return;
    }
}

template <class Row>
void LmdbRows::each_other(std::string_view prefix, const std::function<bool(const Row&)>& visit) const {
    auto cursor = sure(transaction_.cursor(generation_.others));
    Row row;  // Its memory serves for one after the other.
    for (bool there = sure(cursor.seek(octets_of(prefix)));
         there && text_of(cursor.key()).starts_with(prefix); there = sure(cursor.next())) {
        decode_fields(cursor.value(), [&](auto& reader) { reader.read(row); });
        if (!visit(row)) return;
    }
}

void LmdbRows::each_quota(const std::function<bool(const QuotaRow&)>& visit) const {
    each_other<QuotaRow>("q", visit);
}

void LmdbRows::each_target(const std::function<bool(const TargetRow&)>& visit) const {
    each_other<std::vector<TargetRow>>("t", [&](const std::vector<TargetRow>& rows) {
        return std::all_of(rows.begin(), rows.end(), visit);
    });
}

void LmdbRows::each_policy(const std::function<bool(const PolicyRow&)>& visit) const {
    each_other<PolicyRow>("p", visit);
}

void LmdbRows::each_count(const std::function<bool(const CountRow&)>& visit) const {
    each_other<CountRow>("n", visit);
}

void LmdbRows::each_total(const std::function<bool(const TotalRow&)>& visit) const {
    each_other<TotalRow>("s", visit);
}

void LmdbRows::each_count_of(std::string_view account,
                             const std::function<bool(const CountRow&)>& visit) const {
    each_other<CountRow>("n" + key::of_account(account), visit);
}

void LmdbRows::each_total_of(std::string_view account,
                             const std::function<bool(const TotalRow&)>& visit) const {
    each_other<TotalRow>("s" + key::of_account(account), visit);
}

}  // namespace certledger::projections::lmdb
