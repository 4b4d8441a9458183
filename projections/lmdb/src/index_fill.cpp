#include "index_fill.hpp"

#include "ordered_append.hpp"

namespace certledger::projections::lmdb {

namespace {

/// A key among those of all indexes.
std::string grouped(Index index, std::string_view key) {
    std::string made(1, static_cast<char>(index));
    made.append(key);
    return made;
}

}  // namespace

Result<void> gather(const RowReader& rows, SortedKeys& keys) {
    Result<void> outcome;
    events::Bytes card;
    rows.each_certificate([&](const CertificateRow& row) {
        for (const auto& [index, made] : index_keys(row)) {
            card.clear();
            if (index == Index::created) encode_card(row, card);
            outcome = keys.add(grouped(index, made), engine::text_of(card));
            if (!outcome) return false;
        }
        return true;
    });
    if (!outcome) return outcome;
    rows.each_quota([&](const QuotaRow& row) {
        std::string value;
        key::append(value, row.row);
        for (const auto& [index, made] : index_keys(row)) {
            outcome = keys.add(grouped(index, made), value);
            if (!outcome) return false;
        }
        return true;
    });
    return outcome;
}

Result<void> fill_in_order(engine::Environment& environment, const Generation& to, SortedKeys& keys) {
    // The cards are in the keys now; the pages that they leave are used for the index.
    const auto cleared = environment.write([&](engine::WriteTransaction& transaction) -> Result<void> {
        if (auto done = transaction.clear(to.filling); !done) return done;
        for (const auto index : kIndexes) {
            if (auto done = transaction.clear(to.of(index)); !done) return done;
        }
        return {};
    });
    if (!cleared) return cleared;
    return append_in_order(environment, to, {&keys},
                           [](engine::WriteTransaction&) { return Result<void>(); });
}

}  // namespace certledger::projections::lmdb
