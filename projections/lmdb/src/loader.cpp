#include "loader.hpp"

#include <certledger/events/contract.hpp>
#include <thread>

#include "ordered_append.hpp"

namespace certledger::projections::lmdb {

using engine::octets_of;
using engine::text_of;

namespace {

/// Makes the entries of one account's rows.
class Entries {
  public:
    Entries(SortedKeys& sorted, AccountEntries& indexes) : sorted_(sorted), indexes_(indexes) {}

    Result<void> certificate(const CertificateRow& row) {
        card_.clear();
        encode_card(row, card_);
        each_index_key(row, [this](Index index, std::string_view made) {
            indexes_.add(index, made, index == Index::created ? text_of(card_) : std::string_view());
        });
        rest_.clear();
        encode_rest(row, rest_);
        std::string number;
        key::append(number, row.row);
        if (auto done = add(kCertificates, number, text_of(rest_)); !done) return done;
        if (row.deleted()) {
            if (auto done = add(kDeleted, number, text_of(card_)); !done) return done;
        }
        return add(kIds, row.certificate.value, id_value(row));
    }
    Result<void> quota(const QuotaRow& row) {
        std::string number;
        key::append(number, row.row);
        for (const auto& [index, made] : index_keys(row)) indexes_.add(index, made, number);
        return other(quota_key(row.quota.value), row);
    }
    /// Targets whose names are cut to the same key share a value.
    Result<void> targets(const MemoryRows& rows) {
        std::map<std::string, std::vector<TargetRow>> by_key;
        for (const auto& [names, row] : rows.changed_targets()) {
            if (row) by_key[target_key(names.first, names.second)].push_back(*row);
        }
        for (const auto& [place, held] : by_key) {
            if (auto done = other(place, held); !done) return done;
        }
        return {};
    }
    template <class Row>
    Result<void> other(const std::string& place, const Row& row) {
        rest_.clear();
        events::CanonicalWriter(rest_).write(row);
        return add(kOthers, place, text_of(rest_));
    }

  private:
    Result<void> add(char group, std::string_view made, std::string_view value) {
        key_.assign(1, group);
        key_.append(made);
        return sorted_.add(key_, value);
    }

    SortedKeys& sorted_;
    AccountEntries& indexes_;
    std::string key_;
    events::Bytes card_;
    events::Bytes rest_;
};

}  // namespace

Loader::Loader(engine::Environment& environment, const Generation& to, const std::filesystem::path& folder,
               std::size_t lanes, std::size_t room, Finish finish)
    : environment_(environment), to_(to), finish_(std::move(finish)) {
    for (std::size_t lane = 0; lane < lanes; ++lane) lanes_.push_back(std::make_unique<Lane>(folder, room));
}

namespace {

/// The account that all of them are of; empty for rules alone.
std::string_view account_of(const std::vector<const MemoryRows::ChangedCertificate*>& certificates,
                            const TextMap<QuotaRow>& quotas) {
    if (!certificates.empty()) return certificates.front()->now.account.value;
    return quotas.empty() ? std::string_view() : quotas.begin()->second.account.value;
}

}  // namespace

Result<void> Loader::add(std::size_t lane, const MemoryRows& rows) {
    CERTLEDGER_CHECK(lane < lanes_.size());
    const auto certificates = rows.changed_certificates();
    AccountEntries indexes(account_of(certificates, rows.changed_quotas()));
    Entries entries(lanes_[lane]->sorted, indexes);
    for (const auto* changed : certificates) {
        if (auto done = entries.certificate(changed->now); !done) return done;
    }
    for (const auto& [id, row] : rows.changed_quotas()) {
        if (auto done = entries.quota(row); !done) return done;
    }
    if (auto done = entries.targets(rows); !done) return done;
    for (const auto& [stream, row] : rows.changed_policies()) {
        if (auto done = entries.other(policy_key(stream), row); !done) return done;
    }
    for (const auto& [made, row] : rows.changed_totals()) {
        if (auto done = entries.other(total_place(made), row); !done) return done;
    }
    for (const auto& [made, row] : rows.changed_counts()) {
        if (auto done = entries.other(count_place(made), row); !done) return done;
    }
    indexes.sort();
    lanes_[lane]->part.push_back(std::move(indexes));
    return {};
}

Result<void> Loader::end_part(std::size_t lane, std::size_t part) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(part, std::exchange(lanes_[lane]->part, {}));
    // Who appends goes on with this one when its turn comes, or who brings the one that is next.
    while (!appending_ && appended_ && !waiting_.empty() && waiting_.begin()->first == next_) {
        const auto next = waiting_.extract(waiting_.begin());
        appending_ = true;
        lock.unlock();
        auto done = append_part(environment_, to_, next.mapped());
        environment_.begin_sync();
        lock.lock();
        appending_ = false;
        ++next_;
        if (!done) appended_ = std::move(done);
    }
    return appended_;
}

Result<void> Loader::finish(Checkpoint checkpoint) {
    if (!appended_) return appended_;
    // Every part has ended.
    for (const auto& lane : lanes_) CERTLEDGER_CHECK(lane->part.empty());
    CERTLEDGER_CHECK(waiting_.empty());
    std::vector<std::thread> sorting;
    for (std::size_t lane = 1; lane < lanes_.size(); ++lane)
        sorting.emplace_back([this, lane] { lanes_[lane]->sorted.sort(); });
    lanes_.front()->sorted.sort();
    for (auto& thread : sorting) thread.join();
    std::vector<SortedKeys*> all;
    for (const auto& lane : lanes_) all.push_back(&lane->sorted);
    return append_in_order(environment_, to_, all, [&](engine::WriteTransaction& transaction) {
        return finish_(transaction, checkpoint);
    });
}

}  // namespace certledger::projections::lmdb
