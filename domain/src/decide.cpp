#include <algorithm>
#include <certledger/domain/lifecycle/machine.hpp>
#include <certledger/events/contract.hpp>
#include <set>

#include "rules.hpp"

namespace certledger::domain {

Refusal refusal(const CertificateState& state, const World& world, RefusalCode code, std::string message,
                std::string field) {
    Refusal refusal;
    refusal.code = code;
    refusal.message = std::move(message);
    refusal.field = std::move(field);
    refusal.status = state.status;
    if (!state.deleted()) refusal.allowed = allowed_commands(state, world);
    return refusal;
}

tl::unexpected<Refusal> refuse(const Case& facts, RefusalCode code, std::string message, std::string field) {
    return tl::make_unexpected(refusal(facts.state, facts.world, code, std::move(message), std::move(field)));
}

tl::unexpected<Refusal> refuse_plainly(RefusalCode code, std::string message, std::string field) {
    Refusal refusal;
    refusal.code = code;
    refusal.message = std::move(message);
    refusal.field = std::move(field);
    return tl::make_unexpected(std::move(refusal));
}

Refusal invalid_field(std::string field, std::string message) {
    Refusal refusal;
    refusal.code = RefusalCode::invalid_field;
    refusal.message = std::move(message);
    refusal.field = std::move(field);
    return refusal;
}

namespace {

/// What shows nothing, in UTF-8: Unicode's White_Space, and what has no width or no ink.
constexpr std::string_view kSpaces[] = {
    " ",      "\t",     "\r",     "\n",     "\v",     "\f",     "\u0085", "\u00a0", "\u1680",
    "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u00ad", "\u180e",
    "\u200c", "\u200d", "\u200e", "\u200f", "\u2800", "\u3164", "\u2060", "\u3000", "\ufeff"};

}  // namespace

bool blank(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto* const space = std::find_if(std::begin(kSpaces), std::end(kSpaces),
                                               [&](std::string_view one) { return text.starts_with(one); });
        if (space == std::end(kSpaces)) return false;
        text.remove_prefix(space->size());
    }
    return true;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool is_address(std::string_view ascii) noexcept {
    // A host name's last label is never all digits (rulings 47), and no label holds a colon.
    if (ascii.find(':') != std::string_view::npos) return true;
    const auto dot = ascii.rfind('.');
    const auto last = ascii.substr(dot == std::string_view::npos ? 0 : dot + 1);
    return !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<events::DomainName> normal_names(const std::vector<NameFact>& names) {
    std::vector<events::DomainName> normal;
    normal.reserve(names.size());
    for (const auto& fact : names) normal.push_back(fact.name);
    return normal;
}

bool same_names(const std::vector<events::DomainName>& a, const std::vector<events::DomainName>& b) {
    const auto as_set = [](const std::vector<events::DomainName>& names) {
        std::set<std::string_view> set;
        for (const auto& name : names) set.insert(name.ascii);
        return set;
    };
    return as_set(a) == as_set(b);
}

std::optional<std::pair<RefusalCode, std::string>> names_fault(const std::vector<NameFact>& names,
                                                               const events::Product& product) {
    for (const auto& fact : names) {
        if (!fact.fault.empty()) {
            return std::pair(RefusalCode::invalid_domain_name, quoted(fact.given) + ": " + fact.fault);
        }
    }
    const auto misfit = [](std::string why) {
        return std::pair(RefusalCode::names_do_not_fit_product, std::move(why));
    };
    const auto most = static_cast<std::size_t>(product.names_max);
    if (names.empty()) return misfit("no name is given");
    if (names.size() > most) {
        return misfit(std::to_string(names.size()) + " names are given and the product covers " +
                      std::to_string(most));
    }
    std::set<std::string_view> seen;
    for (const auto& fact : names) {
        if (!seen.insert(fact.name.ascii).second) return misfit(quoted(fact.name.ascii) + " is named twice");
        const bool wildcard = fact.form == NameForm::wildcard;
        if (wildcard != (product.kind == events::Kind::wildcard)) {
            return misfit(quoted(fact.name.ascii) + (wildcard ? " is a wildcard and the product is none"
                                                              : " is no wildcard and the product is one"));
        }
        if (fact.form == NameForm::address && product.level != events::Level::ov) {
            return misfit(quoted(fact.name.ascii) + " is an address; only ov products cover one");
        }
    }
    return std::nullopt;
}

std::optional<Refusal> time_fault(const CommandHeader& header, const StreamFacts& stream,
                                  const events::StreamId& name) {
    if (!stream.exists() || header.at >= stream.first_at) return std::nullopt;
    return invalid_field("occurred_at", "occurred_at " + events::to_string(header.at) +
                                            " is before the first event of " + name.value + " (" +
                                            events::to_string(stream.first_at) + ")");
}

bool needs_preparation(const Command& command) {
    if (std::holds_alternative<SubmitApplication>(command)) return true;
    const auto* create = std::get_if<CreateCertificate>(&command);
    return create != nullptr && create->quick_issue.value_or(false);
}

namespace {

/// The named certificate's id; empty for commands that name none.
events::CertificateId named_certificate(const CommandHeader& header, const Command& command,
                                        const Facts& facts) {
    const events::StreamId stream = named_stream(header, command, facts);
    if (events::stream_kind(stream.value) != events::StreamKind::certificate) return {};
    return {std::string(events::id_part(stream.value))};
}

/// Rulings 4, for every stream that the events go to; a guard of the rulings, so it comes last.
std::optional<Refusal> time_fault(const std::vector<Caused>& caused, const CommandHeader& header,
                                  const World& world) {
    for (const auto& [stream, event] : caused) {
        const std::string id(events::id_part(stream.value));
        std::optional<Refusal> fault;
        if (events::stream_kind(stream.value) == events::StreamKind::certificate) {
            fault = time_fault(header, world.certificate({id}).stream, stream);
        } else if (events::stream_kind(stream.value) == events::StreamKind::quota) {
            fault = time_fault(header, world.quota({id}).stream, stream);
        } else if (events::stream_kind(stream.value) == events::StreamKind::policy) {
            const auto& policies = stream == events::policy_stream() ? world.ledger_policies()
                                                                     : world.account_policies(header.account);
            const StreamFacts facts{policies.version(), header.account,
                                    policies.first_at().value_or(header.at)};
            fault = time_fault(header, facts, stream);
        }
        if (fault) return fault;
    }
    return std::nullopt;
}

/// Each event must be one that the machine allows in the order given: a contract of the rules in this room.
void check_legality(const std::vector<Caused>& caused, const World& world) {
    std::map<std::string, std::optional<Status>> status;
    for (const auto& [stream, event] : caused) {
        if (events::stream_kind(stream.value) != events::StreamKind::certificate) continue;
        auto at = status.find(stream.value);
        if (at == status.end()) {
            const events::CertificateId id{std::string(events::id_part(stream.value))};
            at = status.emplace(stream.value, world.certificate(id).status).first;
        }
        at->second = lifecycle::next(at->second, events::type_of(event));
        CERTLEDGER_CHECK(at->second.has_value());
    }
}

Decision decide_about_certificate(const CommandHeader& header, const Command& command, const Case& facts) {
    const CommandType type = type_of(command);
    const bool creating = !facts.state.exists();
    if (!creating) {
        // Only a damaged stream, which does not begin with its first event, has none.
        CERTLEDGER_CHECK(facts.state.status.has_value());
        if (const auto code = status_fault(type, facts.state)) {
            const std::string status(events::to_name(*facts.state.status));
            const std::string name(events::to_name(type));
            return refuse(facts, *code,
                          *code == RefusalCode::illegal_transition
                              ? "status " + status + " does not permit " + name
                              : "status " + status + ": " + std::string(events::meaning(*code)));
        }
    }
    (void)header;
    return std::visit(
        [&](const auto& held) -> Decision {
            if constexpr (requires { rule(held, facts); }) {
                return rule(held, facts);
            } else {
                return refuse(facts, RefusalCode::illegal_transition, "not a command on a certificate");
            }
        },
        command);
}

Decision decide_by_type(const CommandHeader& header, const Command& command, const Facts& facts,
                        const World& world) {
    if (const auto* buy = std::get_if<BuyQuota>(&command)) return rule(*buy, header, facts);
    if (const auto* refund = std::get_if<RefundQuota>(&command)) return rule(*refund, header, world);
    if (const auto* adopt = std::get_if<AdoptPolicy>(&command)) return rule(*adopt, header, world);
    const events::CertificateId id = named_certificate(header, command, facts);
    return decide_about_certificate(header, command, Case{header, facts, world, id, world.certificate(id)});
}

}  // namespace

Decision decide(const CommandHeader& header, const Command& command, const Facts& facts, const World& world) {
    auto decision = decide_by_type(header, command, facts, world);
    if (!decision) return decision;
    if (auto fault = time_fault(*decision, header, world)) {
        const events::CertificateId id = named_certificate(header, command, facts);
        if (!id.empty()) {
            return tl::make_unexpected(
                refusal(world.certificate(id), world, fault->code, fault->message, fault->field));
        }
        return tl::make_unexpected(*fault);
    }
    check_legality(*decision, world);
    return decision;
}

}  // namespace certledger::domain
