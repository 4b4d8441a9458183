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

/// A refusal that tells nothing of a stream's state: another account learns only that it is not its own.
Refusal blind(RefusalCode code, std::string message, const char* field = "") {
    Refusal refusal;
    refusal.code = code;
    refusal.message = std::move(message);
    refusal.field = field;
    return refusal;
}

/// A refusal about a certificate, blind where it belongs to somebody else.
Refusal about(const CertificateState& state, const CommandHeader& header, const World& world,
              RefusalCode code, std::string message, const char* field) {
    if (state.exists() && state.stream.account != header.account)
        return blind(code, std::move(message), field);
    return refusal(state, world, code, std::move(message), field);
}

Refusal not_authorized(const char* what, const std::string& id) {
    return blind(RefusalCode::not_authorized,
                 std::string("the ") + what + " " + quoted(id) + " belongs to another account");
}

std::string taken_text(const std::string& id) { return "the certificate id " + quoted(id) + " is taken"; }

Fault taken(const CertificateState& state, const CommandHeader& header, const World& world,
            const std::string& id) {
    if (!state.exists()) return std::nullopt;
    return about(state, header, world, RefusalCode::already_exists, taken_text(id), "certificate");
}

std::string no_quota_text(const events::QuotaId& id) { return "there is no quota " + quoted(id.value); }

Fault foreign_quota(const QuotaState& state, const CommandHeader& header, const events::QuotaId& id) {
    if (state.stream.account == header.account) return std::nullopt;
    return not_authorized("quota", id.value);
}

Fault unknown_certificate(const events::CertificateId& id, const World& world) {
    const CertificateState& state = world.certificate(id);
    if (state.exists()) return std::nullopt;
    return refusal(state, world, RefusalCode::unknown_stream, "there is no certificate " + quoted(id.value),
                   "certificate");
}

/// Account and deletion of a certificate that is there.
Fault closed_certificate(const events::CertificateId& id, const CommandHeader& header, const World& world) {
    const CertificateState& state = world.certificate(id);
    if (state.stream.account != header.account) return not_authorized("certificate", id.value);
    if (!state.deleted()) return std::nullopt;
    return refusal(state, world, RefusalCode::deleted, "the certificate " + quoted(id.value) + " is deleted");
}

Fault existence(const BuyQuota& c, const CommandHeader& header, const Facts& facts, const World& world) {
    const events::QuotaId id = new_quota(c.quota, facts);
    const QuotaState& state = world.quota(id);
    if (!state.exists()) return std::nullopt;
    Refusal taken_id =
        blind(RefusalCode::already_exists, "the quota id " + quoted(id.value) + " is taken", "quota");
    if (state.stream.account == header.account) {
        taken_id.allowed = {CommandType::refund_quota, CommandType::create_certificate};
    }
    return taken_id;
}
Fault existence(const RefundQuota& c, const CommandHeader& header, const Facts&, const World& world) {
    const QuotaState& state = world.quota(c.quota);
    if (state.exists()) return foreign_quota(state, header, c.quota);
    Refusal unknown = blind(RefusalCode::unknown_stream, no_quota_text(c.quota), "quota");
    unknown.allowed = {CommandType::buy_quota};
    return unknown;
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
    return taken(world.certificate(id), header, world, id.value);
}
Fault existence(const CreateCertificate& c, const CommandHeader& header, const Facts& facts,
                const World& world) {
    const auto id = new_certificate(c.certificate, facts);
    const CertificateState& certificate = world.certificate(id);
    if (auto fault = taken(certificate, header, world, id.value)) return fault;
    const QuotaState& quota = world.quota(c.quota);
    if (quota.exists()) return foreign_quota(quota, header, c.quota);
    return refusal(certificate, world, RefusalCode::unknown_stream, no_quota_text(c.quota), "quota");
}
Fault existence(const UploadCertificate& c, const CommandHeader& header, const Facts& facts,
                const World& world) {
    const auto id = new_certificate(c.certificate, facts);
    return taken(world.certificate(id), header, world, id.value);
}
Fault existence(const RenewCertificate& c, const CommandHeader& header, const Facts&, const World& world) {
    if (auto fault = unknown_certificate(c.certificate, world)) return fault;
    const CertificateState& old = world.certificate(c.certificate);
    if (c.successor) {
        const CertificateState& next = world.certificate(*c.successor);
        const std::string text = taken_text(c.successor->value);
        if (next.exists() && next.stream.account != header.account) {
            return blind(RefusalCode::already_exists, text, "successor");
        }
        if (next.exists()) return about(old, header, world, RefusalCode::already_exists, text, "successor");
    }
    const bool by_quota = c.pays && c.pays->quota;
    if (by_quota && !world.quota(*c.pays->quota).exists()) {
        return about(old, header, world, RefusalCode::unknown_stream, no_quota_text(*c.pays->quota), "pays");
    }
    if (old.stream.account != header.account) return not_authorized("certificate", c.certificate.value);
    if (by_quota) {
        if (auto fault = foreign_quota(world.quota(*c.pays->quota), header, *c.pays->quota)) return fault;
    }
    return closed_certificate(c.certificate, header, world);
}
template <class Other>
Fault existence(const Other& c, const CommandHeader& header, const Facts&, const World& world) {
    if (auto fault = unknown_certificate(c.certificate, world)) return fault;
    return closed_certificate(c.certificate, header, world);
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
