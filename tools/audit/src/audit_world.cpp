#include "audit_world.hpp"

#include <algorithm>
#include <certledger/events/codec.hpp>
#include <limits>

namespace certledger::audit {

using domain::CertificateState;
using domain::QuotaState;
using events::CertificateId;
using events::RecordView;
using events::StreamKind;
using policies::PolicyStream;

namespace {

events::AccountId account_of(const RecordView& record) { return {std::string(record.account)}; }

bool is_free(const QuotaState& quota, std::int64_t unit) {
    const auto behind = quota.free.upper_bound(unit);
    return behind != quota.free.begin() && std::prev(behind)->second >= unit;
}

std::int64_t count_free(const QuotaState& quota) {
    std::int64_t count = 0;
    for (const auto& [first, last] : quota.free) count += last - first + 1;
    return count;
}

/// The unit that an event takes or gives back.
std::optional<std::int64_t> unit_of(const events::Event& event) {
    if (const auto* consumed = std::get_if<events::QuotaConsumed>(&event)) return consumed->unit;
    if (const auto* returned = std::get_if<events::QuotaReturned>(&event)) return returned->unit;
    return std::nullopt;
}

}  // namespace

// ---- what the records up to position_ give; nothing where none of them is about it ----------------------

template <class Take>
void AuditWorld::fold_stream(const std::string& stream, const Take& take) const {
    if (lost_) throw UnknownState{};
    bool reads = true;
    const auto visit = [&](const RecordView& record, std::span<const std::uint8_t>) {
        if (record.position > position_) return false;
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        reads = event.has_value();
        if (reads) take(record, *event);
        return reads;
    };
    const auto read = log_.read_stream(stream, 1, std::numeric_limits<std::uint64_t>::max(),
                                       store::Direction::forward, visit);
    if (!read || !reads) throw UnknownState{};
}

CertificateState& AuditWorld::kept_certificate(const std::string& id) const {
    if (auto* kept = certificates_.find(id); kept != nullptr) return *kept;
    CertificateState state;
    fold_stream(events::stream_of(CertificateId{id}).value, [&](const auto& record, const auto& event) {
        domain::evolve(state, event, record.occurred_at, account_of(record));
    });
    return certificates_.keep(id, std::move(state));
}

AuditWorld::Quota& AuditWorld::kept_quota(const std::string& id) const {
    if (auto* kept = quotas_.find(id); kept != nullptr) return *kept;
    Quota quota;
    fold_stream(events::stream_of(events::QuotaId{id}).value,
                [&](const auto& record, const auto& event) { evolve(quota, record, event); });
    return quotas_.keep(id, std::move(quota));
}

PolicyStream& AuditWorld::kept_policies(const std::string& stream) const {
    if (auto* kept = policies_.find(stream); kept != nullptr) return *kept;
    PolicyStream policies;
    fold_stream(stream, [&](const auto& record, const auto& event) {
        if (const auto* adopted = std::get_if<events::PolicyAdopted>(&event))
            policies.adopt(adopted->policy, stream, record.version, record.occurred_at);
    });
    return policies_.keep(stream, std::move(policies));
}

namespace {

/// A rollback of what another one has replaced meanwhile changes nothing.
void move_target(std::optional<CertificateId>& holder, events::EventType type, const CertificateId& id) {
    if (type == events::EventType::certificate_deployed) {
        holder = id;
    } else if (holder && holder->value == id.value) {
        holder.reset();
    }
}

}  // namespace

AuditWorld::Target AuditWorld::fold_target(const std::string& key) const {
    if (lost_) throw UnknownState{};
    std::vector<std::pair<events::EventType, CertificateId>> newest_first;
    const auto found = log_.find(key, [&](const RecordView& record, std::span<const std::uint8_t>) {
        if (record.position > position_) return true;
        newest_first.push_back({record.type, {std::string(events::id_part(record.stream))}});
        // Nothing before a deployment matters.
        return record.type != events::EventType::certificate_deployed;
    });
    if (!found) throw UnknownState{};
    Target holder;
    for (auto event = newest_first.rbegin(); event != newest_first.rend(); ++event)
        move_target(holder, event->first, event->second);
    return holder;
}

AuditWorld::Target& AuditWorld::kept_target(const std::string& key) const {
    if (auto* kept = targets_.find(key); kept != nullptr) return *kept;
    return targets_.keep(key, fold_target(key));
}

// ---- going on ------------------------------------------------------------------------------------------

void AuditWorld::evolve(Quota& quota, const RecordView& record, const events::Event& event) {
    const auto unit = unit_of(event);
    const bool was_free = unit && is_free(quota.state, *unit);
    domain::evolve(quota.state, event, record.occurred_at, account_of(record));
    if (unit) {
        quota.free += (is_free(quota.state, *unit) ? 1 : 0) - (was_free ? 1 : 0);
    } else {
        quota.free = count_free(quota.state);
    }
}

void AuditWorld::trim() {
    certificates_.trim(most_);
    quotas_.trim(most_);
    policies_.trim(most_);
    targets_.trim(most_);
}

void AuditWorld::lose(store::Position position) {
    lost_ = true;
    position_ = position;
    certificates_.clear();
    quotas_.clear();
    policies_.clear();
    targets_.clear();
}

std::optional<std::string> AuditWorld::take(const RecordView& record, const events::Event& event) {
    std::optional<std::string> unbalanced;
    const std::string id(events::id_part(record.stream));
    try {
        // position_ is still that of the record before: a fold does not take this one twice.
        switch (events::stream_kind(record.stream).value_or(StreamKind::ledger)) {
            case StreamKind::certificate: {
                CertificateState& state = kept_certificate(id);
                note_keys(record, event, id);
                domain::evolve(state, event, record.occurred_at, account_of(record));
                break;
            }
            case StreamKind::quota: {
                Quota& quota = kept_quota(id);
                const bool balanced = quota.balanced();
                evolve(quota, record, event);
                if (balanced && !quota.balanced()) {
                    unbalanced = "bought - consumed + returned - refunded is " +
                                 std::to_string(quota.state.free_units()) + ", but " +
                                 std::to_string(quota.free) + " units are free";
                }
                break;
            }
            default:
                if (const auto* adopted = std::get_if<events::PolicyAdopted>(&event)) {
                    const std::string stream(record.stream);
                    kept_policies(stream).adopt(adopted->policy, stream, record.version, record.occurred_at);
                }
        }
    } catch (const UnknownState&) {
        // Its own damage is found elsewhere; nothing is decided on this stream.
    }
    position_ = record.position;
    trim();
    return unbalanced;
}

void AuditWorld::note_keys(const RecordView& record, const events::Event& event, const std::string& id) {
    for (const auto& key : domain::keys_of(event, record.account)) {
        if (record.type == events::EventType::certificate_deployed ||
            record.type == events::EventType::deployment_rolled_back) {
            move_target(kept_target(key), record.type, CertificateId{id});
        } else {
            fingerprints_.add(key);
        }
    }
}

// ---- what decisions ask --------------------------------------------------------------------------------

const CertificateState& AuditWorld::certificate(const CertificateId& id) const {
    return kept_certificate(id.value);
}

const QuotaState& AuditWorld::quota(const events::QuotaId& id) const { return kept_quota(id.value).state; }

const PolicyStream& AuditWorld::ledger_policies() const {
    return kept_policies(events::policy_stream().value);
}

const PolicyStream& AuditWorld::account_policies(const events::AccountId& account) const {
    return kept_policies(events::policy_stream(account).value);
}

std::optional<CertificateId> AuditWorld::fingerprint_holder(const events::AccountId& account,
                                                            const events::Digest& sha256) const {
    const std::string key = domain::keys::fingerprint(account.value, sha256);
    if (!fingerprints_.has(key)) return std::nullopt;
    std::vector<CertificateId> carriers;
    const auto found = log_.find(key, [&](const RecordView& record, std::span<const std::uint8_t>) {
        if (record.position <= position_) carriers.push_back({std::string(events::id_part(record.stream))});
        return true;
    });
    if (!found) throw UnknownState{};
    for (const auto& id : carriers) {
        if (!certificate(id).deleted()) return id;
    }
    return std::nullopt;
}

std::optional<CertificateId> AuditWorld::target_holder(const events::AccountId& account,
                                                       const std::string& target) const {
    const Target& holder = kept_target(domain::keys::target(account.value, target));
    if (!holder || certificate(*holder).deleted()) return std::nullopt;
    return holder;
}

}  // namespace certledger::audit
