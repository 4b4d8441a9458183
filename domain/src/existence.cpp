// Which streams a command names, whether they are there, and whose they are (rulings 6 and 7).
#include "rules.hpp"

namespace certledger::domain {
namespace {

using Fault = std::optional<Refusal>;

/// The certificate that a creating command makes; its generated id where the caller gave none.
events::CertificateId new_certificate(const std::optional<events::CertificateId>& given, const Facts& facts) {
    return given ? *given : events::CertificateId{facts.generated_id};
}
events::QuotaId new_quota(const std::optional<events::QuotaId>& given, const Facts& facts) {
    return given ? *given : events::QuotaId{facts.generated_id};
}

/// Another account learns nothing about a stream but that it is not its own.
Refusal not_authorized(std::string what) {
    Refusal refusal;
    refusal.code = RefusalCode::not_authorized;
    refusal.message = std::move(what) + " belongs to another account";
    return refusal;
}

Fault taken(const CertificateState& state, const CommandHeader& header, const World& world,
            const std::string& id, const char* field) {
    if (!state.exists()) return std::nullopt;
    const std::string message = "the certificate id " + quoted(id) + " is taken";
    if (state.stream.account != header.account) {
        Refusal blind;
        blind.code = RefusalCode::already_exists;
        blind.message = message;
        blind.field = field;
        return blind;
    }
    return refusal(state, world, RefusalCode::already_exists, message, field);
}

Fault quota_fault(const QuotaState& state, const CommandHeader& header, const events::QuotaId& id) {
    if (!state.exists()) {
        return refuse_plainly(RefusalCode::unknown_stream, "there is no quota " + quoted(id.value), "quota")
            .value();
    }
    if (state.stream.account != header.account) return not_authorized("the quota " + quoted(id.value));
    return std::nullopt;
}

Fault certificate_fault(const events::CertificateId& id, const CommandHeader& header, const World& world) {
    const CertificateState& state = world.certificate(id);
    if (!state.exists()) {
        return refusal(state, world, RefusalCode::unknown_stream,
                       "there is no certificate " + quoted(id.value), "certificate");
    }
    if (state.stream.account != header.account) return not_authorized("the certificate " + quoted(id.value));
    if (state.deleted()) {
        return refusal(state, world, RefusalCode::deleted,
                       "the certificate " + quoted(id.value) + " is deleted");
    }
    return std::nullopt;
}

Fault existence(const BuyQuota& c, const CommandHeader& header, const Facts& facts, const World& world) {
    const events::QuotaId id = new_quota(c.quota, facts);
    const QuotaState& state = world.quota(id);
    if (!state.exists()) return std::nullopt;
    Refusal taken_id;
    taken_id.code = RefusalCode::already_exists;
    taken_id.message = "the quota id " + quoted(id.value) + " is taken";
    taken_id.field = "quota";
    if (state.stream.account == header.account) {
        taken_id.allowed = {CommandType::refund_quota, CommandType::create_certificate};
    }
    return taken_id;
}
Fault existence(const RefundQuota& c, const CommandHeader& header, const Facts&, const World& world) {
    auto fault = quota_fault(world.quota(c.quota), header, c.quota);
    if (fault && fault->code == RefusalCode::unknown_stream) fault->allowed = {CommandType::buy_quota};
    return fault;
}
Fault existence(const AdoptPolicy& c, const CommandHeader& header, const Facts&, const World&) {
    if (c.scope == PolicyScope::ledger && header.account.value != "default") {
        return refuse_plainly(RefusalCode::not_authorized,
                              "only the account default adopts policies for the ledger", "scope")
            .value();
    }
    return std::nullopt;
}
Fault existence(const BuyCertificate& c, const CommandHeader& header, const Facts& facts,
                const World& world) {
    const auto id = new_certificate(c.certificate, facts);
    return taken(world.certificate(id), header, world, id.value, "certificate");
}
Fault existence(const CreateCertificate& c, const CommandHeader& header, const Facts& facts,
                const World& world) {
    const auto id = new_certificate(c.certificate, facts);
    if (auto fault = taken(world.certificate(id), header, world, id.value, "certificate")) return fault;
    auto fault = quota_fault(world.quota(c.quota), header, c.quota);
    if (fault && fault->code == RefusalCode::unknown_stream) {
        fault->allowed = allowed_commands(world.certificate(id), world);
    }
    return fault;
}
Fault existence(const UploadCertificate& c, const CommandHeader& header, const Facts& facts,
                const World& world) {
    const auto id = new_certificate(c.certificate, facts);
    return taken(world.certificate(id), header, world, id.value, "certificate");
}
Fault existence(const RenewCertificate& c, const CommandHeader& header, const Facts&, const World& world) {
    const CertificateState& old = world.certificate(c.certificate);
    if (c.successor && old.exists() && old.stream.account == header.account &&
        world.certificate(*c.successor).exists()) {
        auto fault = refusal(old, world, RefusalCode::already_exists,
                             "the certificate id " + quoted(c.successor->value) + " is taken", "successor");
        return fault;
    }
    return certificate_fault(c.certificate, header, world);
}
template <class Other>
Fault existence(const Other& c, const CommandHeader& header, const Facts&, const World& world) {
    return certificate_fault(c.certificate, header, world);
}

}  // namespace

std::optional<Refusal> existence_fault(const CommandHeader& header, const Command& command,
                                       const Facts& facts, const World& world) {
    return std::visit([&](const auto& held) { return existence(held, header, facts, world); }, command);
}

events::StreamId named_stream(const CommandHeader& header, const Command& command, const Facts& facts) {
    struct Name {
        const CommandHeader& header;
        const Facts& facts;
        events::StreamId operator()(const BuyQuota& c) const {
            return events::stream_of(new_quota(c.quota, facts));
        }
        events::StreamId operator()(const RefundQuota& c) const { return events::stream_of(c.quota); }
        events::StreamId operator()(const BuyCertificate& c) const {
            return events::stream_of(new_certificate(c.certificate, facts));
        }
        events::StreamId operator()(const CreateCertificate& c) const {
            return events::stream_of(new_certificate(c.certificate, facts));
        }
        events::StreamId operator()(const UploadCertificate& c) const {
            return events::stream_of(new_certificate(c.certificate, facts));
        }
        events::StreamId operator()(const AdoptPolicy& c) const {
            return c.scope == PolicyScope::ledger ? events::policy_stream()
                                                  : events::policy_stream(header.account);
        }
    };
    return std::visit(
        [&](const auto& held) {
            if constexpr (std::is_invocable_v<Name, decltype(held)>) {
                return Name{header, facts}(held);
            } else {
                return events::stream_of(held.certificate);
            }
        },
        command);
}

bool names_generated_stream(const Command& command) {
    if (const auto* c = std::get_if<BuyQuota>(&command)) return !c->quota;
    if (const auto* c = std::get_if<BuyCertificate>(&command)) return !c->certificate;
    if (const auto* c = std::get_if<CreateCertificate>(&command)) return !c->certificate;
    if (const auto* c = std::get_if<UploadCertificate>(&command)) return !c->certificate;
    return false;
}

}  // namespace certledger::domain
