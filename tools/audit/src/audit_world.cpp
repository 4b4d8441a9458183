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

std::string certificate_stream(const std::string& id) { return events::stream_of(CertificateId{id}).value; }

events::AccountId account_of(const RecordView& record) { return {std::string(record.account)}; }

}  // namespace

/// What the records up to position_ give; a certificate that none of them is about is an empty state.
CertificateState AuditWorld::fold(const std::string& id) const {
    CertificateState state;
    bool reads = true;
    const auto visit = [&](const RecordView& record, std::span<const std::uint8_t>) {
        if (record.position > position_) return false;
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        reads = event.has_value();
        if (reads) domain::evolve(state, *event, record.occurred_at, account_of(record));
        return reads;
    };
    const auto read = log_.read_stream(certificate_stream(id), 1, std::numeric_limits<std::uint64_t>::max(),
                                       store::Direction::forward, visit);
    if (!read || !reads) throw UnknownState{};
    return state;
}

AuditWorld::Kept& AuditWorld::kept(const std::string& id) const {
    if (const auto found = certificates_.find(id); found != certificates_.end()) {
        by_use_.splice(by_use_.begin(), by_use_, found->second.place);
        return found->second;
    }
    if (lost_) throw UnknownState{};
    CertificateState state = fold(id);
    by_use_.push_front(id);
    return certificates_.emplace(id, Kept{std::move(state), by_use_.begin()}).first->second;
}

void AuditWorld::trim() {
    while (by_use_.size() > most_) {
        certificates_.erase(by_use_.back());
        by_use_.pop_back();
    }
}

void AuditWorld::lose(store::Position position) {
    lost_ = true;
    position_ = position;
    certificates_.clear();
    by_use_.clear();
}

void AuditWorld::take(const RecordView& record, const events::Event& event) {
    const auto kind = events::stream_kind(record.stream);
    const std::string id(events::id_part(record.stream));
    if (kind == StreamKind::certificate) {
        try {
            // position_ is still that of the record before: a fold does not take this one twice.
            domain::evolve(kept(id).state, event, record.occurred_at, account_of(record));
            note_keys(record, event, id);
        } catch (const UnknownState&) {
            // Its own damage is found elsewhere; nothing is decided on this stream.
        }
    } else if (kind == StreamKind::quota) {
        domain::evolve(quotas_[id], event, record.occurred_at, account_of(record));
    } else if (const auto* adopted = std::get_if<events::PolicyAdopted>(&event)) {
        const std::string stream(record.stream);
        policies_[stream].adopt(adopted->policy, stream, record.version, record.occurred_at);
    }
    position_ = record.position;
    trim();
}

void AuditWorld::note_keys(const RecordView& record, const events::Event& event, const std::string& id) {
    for (const auto& key : domain::keys_of(event, record.account)) {
        if (record.type == events::EventType::certificate_deployed) {
            targets_[key] = CertificateId{id};
        } else if (record.type == events::EventType::deployment_rolled_back) {
            // A rollback of what another one has replaced meanwhile changes nothing.
            auto& holder = targets_[key];
            if (holder && holder->value == id) holder.reset();
        } else {
            fingerprints_.insert(std::hash<std::string>()(key));
        }
    }
}

const CertificateState& AuditWorld::certificate(const CertificateId& id) const {
    return kept(id.value).state;
}

const QuotaState& AuditWorld::quota(const events::QuotaId& id) const {
    static const QuotaState none;
    const auto found = quotas_.find(id.value);
    return found == quotas_.end() ? none : found->second;
}

const PolicyStream& AuditWorld::ledger_policies() const { return policies_[events::policy_stream().value]; }

const PolicyStream& AuditWorld::account_policies(const events::AccountId& account) const {
    return policies_[events::policy_stream(account).value];
}

std::optional<CertificateId> AuditWorld::fingerprint_holder(const events::AccountId& account,
                                                            const events::Digest& sha256) const {
    const std::string key = domain::keys::fingerprint(account.value, sha256);
    if (fingerprints_.find(std::hash<std::string>()(key)) == fingerprints_.end()) return std::nullopt;
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
    const auto found = targets_.find(domain::keys::target(account.value, target));
    if (found == targets_.end() || !found->second || certificate(*found->second).deleted())
        return std::nullopt;
    return found->second;
}

void AuditWorld::each_unbalanced(
    const std::function<void(const std::string& stream, std::string why)>& told) const {
    for (const auto& [id, quota] : quotas_) {
        std::int64_t free = 0;
        for (const auto& [first, last] : quota.free) free += last - first + 1;
        if (free == quota.free_units()) continue;
        told(events::stream_of(events::QuotaId{id}).value, "bought - consumed + returned - refunded is " +
                                                               std::to_string(quota.free_units()) + ", but " +
                                                               std::to_string(free) + " units are free");
    }
}

}  // namespace certledger::audit
