#include <certledger/domain/proofs.hpp>

#include <algorithm>
#include <cctype>

#include "rules.hpp"

namespace certledger::domain {
namespace {

/// Whether a proof of this instant may still be used at the issue; the boundary belongs to it.
bool fresh(const std::optional<Instant>& proven, Instant issue, std::int64_t reuse_days) {
    return proven && issue <= proven->plus_seconds(reuse_days * events::kSecondsPerDay);
}

std::optional<Instant> proven_at(const CertificateState& state, const std::string& name) {
    const auto found = state.validations.find(name);
    if (found == state.validations.end() || !found->second.succeeded) return std::nullopt;
    return found->second.at;
}

/// The facts of the certificate, from the PEM where one was given.
events::CertificateIssued issued_facts(const IssueCertificate& command, const Case& facts) {
    events::CertificateIssued event;
    if (command.certificate_pem) {
        const CertificateFact& read = *facts.facts.certificate;
        event.not_before = read.not_before;
        event.not_after = read.not_after;
        event.sha256 = read.sha256;
        event.key_sha256 = read.key_sha256;
        event.serial = read.serial;
        event.issuer = read.issuer;
        event.names = read.names;
        event.der = read.der;
        return event;
    }
    event.not_before = *command.not_before;
    event.not_after = *command.not_after;
    event.sha256 = *command.sha256;
    event.key_sha256 = command.key_sha256.value_or(facts.state.application->key_sha256);
    event.serial = *command.serial;
    std::transform(event.serial.begin(), event.serial.end(), event.serial.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    event.issuer = *command.issuer;
    event.names = facts.state.names;
    return event;
}

/// Names given beside the command must be the application's too (rulings 50), whether they parse or not.
bool given_names_match(const IssueCertificate& command, const Case& facts) {
    if (!command.names) return true;
    for (const auto& fact : facts.facts.names) {
        if (!fact.fault.empty()) return false;
    }
    return same_names(normal_names(facts.facts.names), facts.state.names);
}

/// The caps of the policy and, for a successor that the term pays, of the term (rulings 19 and 23).
std::optional<std::string> too_long(const Case& facts, const events::CertificateIssued& event) {
    const std::int64_t days = policies::validity_days(event.not_before, event.not_after);
    if (days > event.validity_cap_days) {
        return "the validity is " + std::to_string(days) + " days and the cap for an issue on " +
               events::to_string(facts.now()) + " is " + std::to_string(event.validity_cap_days);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> missing_proof(const CertificateState& state, Instant issue,
                                         std::int64_t reuse_days) {
    const bool identity = state.product && state.product->level != events::Level::dv;
    for (const auto& name : state.names) {
        // ov and ev: the mail proves every DNS name; an address is proven by itself (rulings 17).
        if (identity && !is_address(name.ascii)) continue;
        if (!fresh(proven_at(state, name.ascii), issue, reuse_days)) {
            return quoted(name.ascii) + " is not validated, or longer ago than " +
                   std::to_string(reuse_days) + " days";
        }
    }
    if (!identity) return std::nullopt;
    if (!state.application || !state.application->organization_verified_at)
        return "the organisation is not verified";
    if (!fresh(state.application->mail_confirmed_at, issue, reuse_days)) {
        return "the validation mail is not confirmed, or longer ago than " + std::to_string(reuse_days) +
               " days";
    }
    return std::nullopt;
}

Decision rule(const RecordIssuance& command, const Case& facts) {
    if (command.outcome == IssuanceOutcome::intended)
        return std::vector<Caused>{facts.cause(events::IssuanceIntended{})};
    return std::vector<Caused>{facts.cause(events::IssuanceFailed{command.cause.value_or("")})};
}

Decision rule(const IssueCertificate& command, const Case& facts) {
    const auto book = facts.policies();
    const auto [validity, validity_ref] = book.get<events::ValidityPolicy>(facts.now());
    const auto [reuse, reuse_ref] = book.get<events::ReusePolicy>(facts.now());
    events::CertificateIssued event = issued_facts(command, facts);
    event.validity_cap_days = policies::days_at(validity.steps, facts.now());
    event.reuse_days = policies::days_at(reuse.steps, facts.now());
    event.validity_policy = validity_ref;
    event.reuse_policy = reuse_ref;

    if (auto why = missing_proof(facts.state, facts.now(), event.reuse_days))
        return refuse(facts, RefusalCode::not_validated, *why);
    if (!given_names_match(command, facts) || !same_names(event.names, facts.state.names)) {
        return refuse(facts, RefusalCode::names_mismatch, "the names are not the application's", "names");
    }
    if (event.key_sha256 != facts.state.application->key_sha256) {
        return refuse(facts, RefusalCode::key_mismatch, "the key is not the application's", "key_sha256");
    }
    if (auto why = too_long(facts, event)) {
        return refuse(facts, RefusalCode::validity_exceeds_policy, *why, "not_after");
    }
    if (event.not_after < facts.now()) {
        return refuse(facts, RefusalCode::invalid_field, "not_after is before the issue", "not_after");
    }
    if (facts.state.paid_by_term && event.not_after > facts.state.term_end) {
        return refuse(facts, RefusalCode::validity_exceeds_policy,
                      "the paid term ends at " + events::to_string(facts.state.term_end), "not_after");
    }
    if (auto holder = facts.world.fingerprint_holder(facts.header.account, event.sha256)) {
        return refuse(facts, RefusalCode::already_exists,
                      "this account holds the certificate already, as " + quoted(holder->value), "sha256");
    }
    // In the order and form of the application, so that the views show one list.
    event.names = facts.state.names;
    std::vector<Caused> caused{facts.cause(std::move(event))};
    if (facts.state.predecessor && facts.world.certificate(*facts.state.predecessor).is(Status::issued)) {
        caused.push_back({events::stream_of(*facts.state.predecessor), events::RenewalCompleted{facts.id}});
    }
    return caused;
}

}  // namespace certledger::domain
