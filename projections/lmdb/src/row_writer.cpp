#include "row_writer.hpp"

#include <algorithm>

namespace certledger::projections::lmdb {

using engine::octets_of;

namespace {

/// Writes changes into one generation. Errors are those of LMDB; the caller's transaction is then undone.
class Writer {
  public:
    Writer(engine::WriteTransaction& transaction, const Generation& to, bool indexed)
        : transaction_(transaction), to_(to), indexed_(indexed) {}

    Result<void> certificates(const MemoryRows& changes) {
        events::Bytes octets;
        for (const auto* changed : changes.changed_certificates()) {
            const std::uint64_t row = changed->now.row;
            octets.clear();
            encode_rest(changed->now, octets);
            if (auto done = transaction_.put(to_.certificates, engine::integer_key(row), octets); !done)
                return done;
            if (!changed->in_base) {
                if (auto done = transaction_.put(to_.ids, octets_of(changed->now.certificate.value),
                                                 octets_of(id_value(changed->now)));
                    !done)
                    return done;
            }
            octets.clear();
            encode_card(changed->now, octets);
            if (auto done = card(*changed, octets); !done) return done;
            if (!indexed_) continue;
            if (auto done = indexes(changed->keys_before, index_keys(changed->now)); !done) return done;
        }
        return {};
    }

    Result<void> quotas(const MemoryRows& changes) {
        for (const auto& [id, row] : changes.changed_quotas()) {
            if (auto done = other(quota_key(id), row); !done) return done;
            if (!indexed_) continue;
            for (const auto& [index, made] : index_keys(row)) {
                std::string value;
                key::append(value, row.row);
                if (auto done = transaction_.put(to_.of(index), octets_of(made), octets_of(value)); !done)
                    return done;
            }
        }
        return {};
    }

    Result<void> targets(const MemoryRows& changes) {
        for (const auto& [names, row] : changes.changed_targets()) {
            const auto place = target_key(names.first, names.second);
            auto kept = transaction_.get(to_.others, octets_of(place));
            if (!kept) return tl::make_unexpected(kept.error());
            std::vector<TargetRow> rows;
            if (*kept) {
                auto decoded = events::decode<std::vector<TargetRow>>(**kept);
                if (!decoded) return tl::make_unexpected(decoded.error());
                rows = std::move(*decoded);
            }
            const auto& target = names.second;
            std::erase_if(rows, [&](const auto& other) { return other.target == target; });
            if (row) rows.push_back(*row);
            std::sort(rows.begin(), rows.end(),
                      [](const auto& a, const auto& b) { return a.target < b.target; });
            if (rows.empty()) {
                if (auto done = transaction_.erase(to_.others, octets_of(place)); !done)
                    return tl::make_unexpected(done.error());
            } else if (auto done = other(place, rows); !done) {
                return done;
            }
        }
        return {};
    }

    Result<void> rest(const MemoryRows& changes) {
        for (const auto& [stream, row] : changes.changed_policies()) {
            if (auto done = other(policy_key(stream), row); !done) return done;
        }
        for (const auto& [made, row] : changes.changed_totals()) {
            if (auto done = other(total_place(made), row); !done) return done;
        }
        for (const auto& [made, row] : changes.changed_counts()) {
            if (auto done = other(count_place(made), row); !done) return done;
        }
        return {};
    }

  private:
    template <class Row>
    Result<void> other(const std::string& place, const Row& row) {
        return transaction_.put(to_.others, octets_of(place), events::encode(row));
    }

    Result<void> card(const MemoryRows::ChangedCertificate& changed, const events::Bytes& octets) {
        const CertificateRow& row = changed.now;
        if (row.deleted()) {
            if (!indexed_ && changed.in_base) {
                if (auto gone = transaction_.erase(to_.filling, engine::integer_key(row.row)); !gone)
                    return tl::make_unexpected(gone.error());
            }
            return transaction_.put(to_.deleted, engine::integer_key(row.row), octets);
        }
        if (!indexed_) return transaction_.put(to_.filling, engine::integer_key(row.row), octets);
        const auto place = card_key(row);
        const auto cards = to_.of(Index::created);
        const auto kept = transaction_.get(cards, octets_of(place));
        if (!kept) return tl::make_unexpected(kept.error());
        // Most events change the rest alone.
        if (*kept && std::equal((*kept)->begin(), (*kept)->end(), octets.begin(), octets.end())) return {};
        return transaction_.put(cards, octets_of(place), octets);
    }

    /// Only entries that are not the same before and after are touched; that of the card is made with it.
    Result<void> indexes(const IndexKeys& was, IndexKeys after) {
        if (was == after) return {};
        IndexKeys before = was;
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        IndexKeys gone;
        IndexKeys come;
        std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                            std::back_inserter(gone));
        std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                            std::back_inserter(come));
        for (const auto& [index, made] : gone) {
            if (auto done = transaction_.erase(to_.of(index), octets_of(made)); !done)
                return tl::make_unexpected(done.error());
        }
        for (const auto& [index, made] : come) {
            if (index == Index::created) continue;
            if (auto done = transaction_.put(to_.of(index), octets_of(made), {}); !done) return done;
        }
        return {};
    }

    engine::WriteTransaction& transaction_;
    const Generation& to_;
    const bool indexed_;
};

}  // namespace

Result<void> write_changes(engine::WriteTransaction& transaction, const Generation& to, bool indexed,
                           const MemoryRows& changes) {
    Writer writer(transaction, to, indexed);
    if (auto done = writer.certificates(changes); !done) return done;
    if (auto done = writer.quotas(changes); !done) return done;
    if (auto done = writer.targets(changes); !done) return done;
    return writer.rest(changes);
}

}  // namespace certledger::projections::lmdb
