#include "world.hpp"

#include <certledger/events/codec.hpp>
#include <certledger/events/contract.hpp>
#include <limits>

#include <certledger/tools/engine/record_keys.hpp>

namespace certledger::engine {
namespace {

using domain::CertificateState;
using domain::QuotaState;
using events::CertificateId;
using events::StreamId;
using events::StreamKind;
using policies::PolicyStream;

/// Beyond so many foreign records it is cheaper to start anew than to look at each.
constexpr store::Position kMostToCatchUp = 4'096;

constexpr std::uint64_t kAllVersions = std::numeric_limits<std::uint64_t>::max();

template <class State>
void take(State& state, const events::Event& event, events::Instant at, const events::AccountId& account,
          std::string_view, std::uint64_t) {
    domain::evolve(state, event, at, account);
}

void take(PolicyStream& state, const events::Event& event, events::Instant at, const events::AccountId&,
          std::string_view stream, std::uint64_t version) {
    if (const auto* adopted = std::get_if<events::PolicyAdopted>(&event)) {
        state.adopt(adopted->policy, std::string(stream), version, at);
    }
}

template <class State>
std::uint64_t version_of(const State& state) {
    return state.stream.version;
}
std::uint64_t version_of(const PolicyStream& state) { return state.version(); }

}  // namespace

LogWorld::LogWorld(const store::EventStore& log, const policies::Zones& zones, WorldLimits limits)
    : log_(log),
      zones_(zones),
      limits_(limits),
      certificates_(limits.certificates),
      quotas_(limits.quotas),
      policies_(limits.accounts) {}

// Folding.

template <class State>
State LogWorld::fold(const StreamId& stream) const {
    State state{};
    std::optional<Error> failed;
    const auto visit = [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        // What others append during the batch is not of its moment; the append finds the conflict.
        if (record.position > head_.position) return false;
        const auto event = events::decode_event(record.type, record.schema, record.payload);
        if (!event) {
            failed = Error{event.error().kind,
                           "record " + std::to_string(record.position) + ": " + event.error().message};
            return false;
        }
        take(state, *event, record.occurred_at, events::AccountId{std::string(record.account)}, stream.value,
             record.version);
        return true;
    };
    const auto read = log_.read_stream(stream.value, 1, kAllVersions, store::Direction::forward, visit);
    if (!read) throw Failed{read.error()};
    if (failed) throw Failed{std::move(*failed)};
    return state;
}

template <class Entry>
Entry& LogWorld::noted(Entry& entry, const StreamId& stream) const {
    if (entry.read_in != batch_) {
        entry.read_in = batch_;
        note_read(stream.value);
    }
    return entry;
}

StateCache<CertificateState>::Entry& LogWorld::certificate_entry(std::string_view id) const {
    auto* entry = certificates_.find(id);
    if (entry != nullptr && entry->read_in == batch_) return *entry;
    const StreamId stream = events::stream_of(CertificateId{std::string(id)});
    if (entry == nullptr) entry = &certificates_.insert(std::string(id), fold<CertificateState>(stream));
    return noted(*entry, stream);
}

StateCache<QuotaState>::Entry& LogWorld::quota_entry(std::string_view id) const {
    auto* entry = quotas_.find(id);
    if (entry != nullptr && entry->read_in == batch_) return *entry;
    const StreamId stream = events::stream_of(events::QuotaId{std::string(id)});
    if (entry == nullptr) entry = &quotas_.insert(std::string(id), fold<QuotaState>(stream));
    return noted(*entry, stream);
}

StateCache<PolicyStream>::Entry& LogWorld::policies_entry(std::string_view stream) const {
    auto* entry = policies_.find(stream);
    if (entry != nullptr && entry->read_in == batch_) return *entry;
    const StreamId name{std::string(stream)};
    if (entry == nullptr) entry = &policies_.insert(name.value, fold<PolicyStream>(name));
    return noted(*entry, name);
}

const CertificateState& LogWorld::certificate(const CertificateId& id) const {
    return certificate_entry(id.value).state;
}
const QuotaState& LogWorld::quota(const events::QuotaId& id) const { return quota_entry(id.value).state; }
const PolicyStream& LogWorld::ledger_policies() const {
    return policies_entry(events::policy_stream().value).state;
}
const PolicyStream& LogWorld::account_policies(const events::AccountId& account) const {
    return policies_entry(events::policy_stream(account).value).state;
}

std::uint64_t LogWorld::version(const StreamId& stream) const {
    switch (events::stream_kind(stream.value).value_or(StreamKind::rejection)) {
        case StreamKind::certificate:
            return version_of(certificate_entry(events::id_part(stream.value)).state);
        case StreamKind::quota:
            return version_of(quota_entry(events::id_part(stream.value)).state);
        case StreamKind::policy:
            return version_of(policies_entry(stream.value).state);
        default:
            return 0;
    }
}

// What is found by key.

std::optional<CertificateId> LogWorld::fingerprint_holder(const events::AccountId& account,
                                                          const events::Digest& sha256) const {
    const std::string key = domain::keys::fingerprint(account.value, sha256);
    note_read(key);
    if (const auto pending = pending_fingerprints_.find(key); pending != pending_fingerprints_.end()) {
        for (const auto& id : pending->second) {
            if (!certificate(id).deleted()) return id;
        }
    }
    std::vector<CertificateId> carriers;
    const auto found = log_.find(key, [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        if (record.position <= head_.position)
            carriers.push_back({std::string(events::id_part(record.stream))});
        return true;
    });
    if (!found) throw Failed{found.error()};
    for (const auto& id : carriers) {
        if (!certificate(id).deleted()) return id;
    }
    return std::nullopt;
}

std::optional<CertificateId> LogWorld::target_holder(const events::AccountId& account,
                                                     const std::string& target) const {
    const std::string key = domain::keys::target(account.value, target);
    note_read(key);
    auto known = targets_.find(key);
    if (known == targets_.end()) known = targets_.emplace(key, last_on_target(key)).first;
    if (!known->second || certificate(*known->second).deleted()) return std::nullopt;
    return known->second;
}

/// The latest deployment decides; only a rollback of the very certificate that it put there frees the target
/// (rulings 25 and 50).
std::optional<CertificateId> LogWorld::last_on_target(const std::string& key) const {
    std::unordered_set<std::string> rolled_back;
    std::optional<CertificateId> holder;
    const auto found = log_.find(key, [&](const events::RecordView& record, std::span<const std::uint8_t>) {
        if (record.position > head_.position) return true;
        std::string id(events::id_part(record.stream));
        if (record.type == events::EventType::deployment_rolled_back) {
            rolled_back.insert(std::move(id));
            return true;
        }
        if (!rolled_back.contains(id)) holder = CertificateId{std::move(id)};
        return false;
    });
    if (!found) throw Failed{found.error()};
    return holder;
}

// The batch.

Result<void> LogWorld::begin() {
    ++batch_;
    reads_.clear();
    const store::Head end = log_.head();
    if (!caught_up_ || end.position < head_.position || end.position - head_.position > kMostToCatchUp) {
        clear();
    } else if (end.position > head_.position) {
        if (auto caught = catch_up(head_.position + 1, end.position); !caught) return caught;
    }
    head_ = end;
    caught_up_ = true;
    certificates_.trim();
    quotas_.trim();
    policies_.trim();
    if (targets_.size() > limits_.targets) targets_.clear();
    return {};
}

Result<void> LogWorld::catch_up(store::Position from, store::Position to) {
    return log_.read_all(from, to, [this](const events::RecordView& record, std::span<const std::uint8_t>) {
        see(record);
        return true;
    });
}

/// Takes the next record of a stream into the state that is kept of it; a gap or an octet that does not fit
/// is left to the next fold from the beginning.
template <class State>
void LogWorld::see(StateCache<State>& cache, std::string_view id, const events::RecordView& record) {
    auto* const entry = cache.find(id);
    if (entry == nullptr || record.version <= version_of(entry->state)) return;
    const auto event = events::decode_event(record.type, record.schema, record.payload);
    if (!event || record.version != version_of(entry->state) + 1) return cache.evict(id);
    take(entry->state, *event, record.occurred_at, events::AccountId{std::string(record.account)},
         record.stream, record.version);
}

void LogWorld::see(const events::RecordView& record) {
    switch (events::stream_kind(record.stream).value_or(StreamKind::ledger)) {
        case StreamKind::certificate:
            see(certificates_, events::id_part(record.stream), record);
            break;
        case StreamKind::quota:
            see(quotas_, events::id_part(record.stream), record);
            break;
        case StreamKind::policy:
            see(policies_, record.stream, record);
            break;
        default:
            break;
    }
    std::vector<std::string> keys;
    record_keys(record, keys);
    for (const auto& key : keys) targets_.erase(key);
}

void LogWorld::apply(const domain::Caused& caused, events::Instant at, const events::AccountId& account) {
    const std::string_view id = events::id_part(caused.stream.value);
    const auto kind = events::stream_kind(caused.stream.value);
    CERTLEDGER_CHECK(kind.has_value());
    if (*kind == StreamKind::certificate) {
        auto& entry = certificate_entry(id);
        certificates_.mark_pending(entry);
        domain::evolve(entry.state, caused.event, at, account);
        CERTLEDGER_CHECK(!entry.state.broken);
    } else if (*kind == StreamKind::quota) {
        auto& entry = quota_entry(id);
        quotas_.mark_pending(entry);
        domain::evolve(entry.state, caused.event, at, account);
        CERTLEDGER_CHECK(!entry.state.broken);
    } else if (*kind == StreamKind::policy) {
        auto& entry = policies_entry(caused.stream.value);
        policies_.mark_pending(entry);
        take(entry.state, caused.event, at, account, caused.stream.value, entry.state.version() + 1);
    }
    note_keys(caused, account);
}

void LogWorld::note_keys(const domain::Caused& caused, const events::AccountId& account) {
    const CertificateId id{std::string(events::id_part(caused.stream.value))};
    for (const auto& key : domain::keys_of(caused.event, account.value)) {
        const auto type = events::type_of(caused.event);
        if (type == events::EventType::certificate_deployed) {
            targets_[key] = id;
            pending_targets_.insert(key);
        } else if (type == events::EventType::deployment_rolled_back) {
            auto known = targets_.find(key);
            if (known == targets_.end()) known = targets_.emplace(key, last_on_target(key)).first;
            if (known->second == id) known->second.reset();
            pending_targets_.insert(key);
        } else {
            pending_fingerprints_[key].push_back(id);
        }
    }
}

void LogWorld::settle(store::Position first, store::Position last) {
    // With other records between, the next begin() looks at them, and at these once more.
    if (first == head_.position + 1) head_.position = last;
    certificates_.settle();
    quotas_.settle();
    policies_.settle();
    pending_targets_.clear();
    pending_fingerprints_.clear();
}

void LogWorld::drop() {
    certificates_.evict_pending();
    quotas_.evict_pending();
    policies_.evict_pending();
    for (const auto& key : pending_targets_) targets_.erase(key);
    pending_targets_.clear();
    pending_fingerprints_.clear();
}

void LogWorld::clear() {
    certificates_.clear();
    quotas_.clear();
    policies_.clear();
    targets_.clear();
}

}  // namespace certledger::engine
