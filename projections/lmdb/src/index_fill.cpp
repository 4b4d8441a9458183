#include "index_fill.hpp"

namespace certledger::projections::lmdb {

using engine::octets_of;

Result<void> gather(const RowReader& rows, SortedKeys& keys) {
    Result<void> outcome;
    events::Bytes card;
    rows.each_certificate([&](const CertificateRow& row) {
        for (const auto& [index, made] : index_keys(row)) {
            card.clear();
            if (index == Index::created) encode_card(row, card);
            outcome = keys.add(index_key(index, made), engine::text_of(card));
            if (!outcome) return false;
        }
        return true;
    });
    if (!outcome) return outcome;
    rows.each_quota([&](const QuotaRow& row) {
        std::string value;
        key::append(value, row.row);
        for (const auto& [index, made] : index_keys(row)) {
            outcome = keys.add(index_key(index, made), value);
            if (!outcome) return false;
        }
        return true;
    });
    return outcome;
}

Result<void> fill_in_order(engine::Environment& environment, const Generation& to, SortedKeys& keys) {
    // Pages that one step leaves are there for the next.
    constexpr std::size_t in_one_step = 20'000;
    std::vector<std::pair<std::string, std::string>> step;
    const auto write = [&]() -> Result<void> {
        auto done = environment.write([&](engine::WriteTransaction& transaction) -> Result<void> {
            for (const auto& [made, value] : step) {
                if (auto put = transaction.append(to.index, octets_of(made), octets_of(value)); !put)
                    return put;
            }
            return {};
        });
        step.clear();
        return done;
    };
    // The cards are in the keys now; the pages that they leave are used for the index.
    const auto cleared = environment.write([&](engine::WriteTransaction& transaction) -> Result<void> {
        if (auto done = transaction.clear(to.filling); !done) return done;
        return transaction.clear(to.index);
    });
    if (!cleared) return cleared;
    const auto taken = keys.each([&](std::string_view made, std::string_view value) -> Result<void> {
        step.emplace_back(made, value);
        return step.size() < in_one_step ? Result<void>() : write();
    });
    return taken ? write() : taken;
}

}  // namespace certledger::projections::lmdb
