#include "support/test_world.hpp"

#include <certledger/events/contract.hpp>

#include "support/convert.hpp"

namespace certledger::testing {

namespace {

using namespace events;

const domain::CertificateState kNoCertificate;
const domain::QuotaState kNoQuota;
const policies::PolicyStream kNoPolicies;

/// What a front makes for a command that was accepted once.
void prepare(const domain::Command& command, const StreamId& named, domain::Facts& facts) {
    const auto seal = [](const std::string& subject) { return Sealed{subject, Bytes{1, 2, 3}}; };
    const auto fill = [&](const auto& application) {
        if (application.key) facts.made_key_sha256 = digest_of("made:" + std::string(id_part(named.value)));
        facts.contact = seal("contact");
        if (application.company) facts.company = seal("company");
    };
    if (const auto* create = std::get_if<domain::CreateCertificate>(&command)) fill(*create);
    if (const auto* submit = std::get_if<domain::SubmitApplication>(&command)) fill(*submit);
}

template <class Map, class Key>
const typename Map::mapped_type& find_or(const Map& map, const Key& key,
                                         const typename Map::mapped_type& none) {
    const auto found = map.find(key);
    return found == map.end() ? none : found->second;
}

}  // namespace

TestWorld::TestWorld() {
    for (const auto& policy : policies::default_policies())
        take(std::make_shared<Logged>(
            Logged{policy_stream(), AccountId{"default"}, Instant{}, PolicyAdopted{policy}}));
}

TestWorld::TestWorld(const TestWorld& other)
    : World(),
      certificates_(other.certificates_),
      quotas_(other.quotas_),
      policies_(other.policies_),
      fingerprints_(other.fingerprints_),
      targets_(other.targets_),
      log_(other.log_) {}

Outcome TestWorld::run(const domain::CommandHeader& header, const domain::Command& command,
                       domain::Facts facts) {
    if (auto fault = domain::shape_fault(command, facts)) return {{}, std::move(fault), true};
    if (auto fault = domain::existence_fault(header, command, facts, *this))
        return {{}, std::move(fault), false};
    auto decision = domain::decide(header, command, facts, *this);
    if (decision && domain::needs_preparation(command)) {
        prepare(command, domain::named_stream(header, command, facts), facts);
        decision = domain::decide(header, command, facts, *this);
        CERTLEDGER_CHECK(decision.has_value());
    }
    if (!decision) return {{}, std::move(decision.error()), false};
    for (const auto& caused : *decision)
        take(std::make_shared<Logged>(Logged{caused.stream, header.account, header.at, caused.event}));
    return {std::move(*decision), std::nullopt, false};
}

void TestWorld::take(std::shared_ptr<const Logged> logged) {
    const Event& event = logged->event;
    const auto kind = stream_kind(logged->stream.value);
    const std::string id(id_part(logged->stream.value));
    if (kind == StreamKind::policy) {
        auto& stream = policies_[logged->stream];
        stream.adopt(std::get<PolicyAdopted>(event).policy, logged->stream.value, stream.version() + 1,
                     logged->at);
    } else if (kind == StreamKind::quota) {
        evolve(quotas_[QuotaId{id}], event, logged->at, logged->account);
    } else {
        CERTLEDGER_CHECK(kind == StreamKind::certificate);
        const CertificateId certificate{id};
        auto& state = certificates_[certificate];
        evolve(state, event, logged->at, logged->account);
        const std::string account = state.stream.account.value;
        if (const auto* issued = std::get_if<CertificateIssued>(&event))
            fingerprints_[{account, to_hex(issued->sha256)}] = certificate;
        if (const auto* uploaded = std::get_if<CertificateUploaded>(&event))
            fingerprints_[{account, to_hex(uploaded->sha256)}] = certificate;
        if (const auto* deployed = std::get_if<CertificateDeployed>(&event))
            targets_[{account, deployed->target}] = certificate;
        if (const auto* back = std::get_if<DeploymentRolledBack>(&event)) {
            const auto held = targets_.find({account, back->target});
            if (held != targets_.end() && held->second == certificate) targets_.erase(held);
        }
    }
    log_.push_back(std::move(logged));
}

const domain::CertificateState& TestWorld::certificate(const CertificateId& id) const {
    return find_or(certificates_, id, kNoCertificate);
}

const domain::QuotaState& TestWorld::quota(const QuotaId& id) const { return find_or(quotas_, id, kNoQuota); }

const policies::PolicyStream& TestWorld::ledger_policies() const {
    return find_or(policies_, policy_stream(), kNoPolicies);
}

const policies::PolicyStream& TestWorld::account_policies(const AccountId& account) const {
    return find_or(policies_, policy_stream(account), kNoPolicies);
}

std::optional<CertificateId> TestWorld::fingerprint_holder(const AccountId& account,
                                                           const Digest& sha256) const {
    const auto held = fingerprints_.find({account.value, to_hex(sha256)});
    if (held == fingerprints_.end() || certificate(held->second).deleted()) return std::nullopt;
    return held->second;
}

std::optional<CertificateId> TestWorld::target_holder(const AccountId& account,
                                                      const std::string& target) const {
    const auto held = targets_.find({account.value, target});
    if (held == targets_.end() || certificate(held->second).deleted()) return std::nullopt;
    return held->second;
}

}  // namespace certledger::testing
