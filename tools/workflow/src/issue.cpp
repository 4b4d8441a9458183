#include <certledger/adapters/names/name.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/events/canonical.hpp>

#include <algorithm>

#include "impl.hpp"

namespace certledger::workflow {

using domain::CertificateState;
using events::CertificateId;
using events::Instant;
using events::Level;

namespace {

/// What is missing before the certificate may be issued; empty when nothing is.
std::string missing(const CertificateState& state, const std::vector<events::DomainName>& to_prove) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    for (const auto& name : to_prove) {
        const auto known = state.validations.find(name.ascii);
        if (known == state.validations.end() || !known->second.succeeded) add("validation of " + name.ascii);
    }
    if (state.product->level != Level::dv) {
        if (!state.application->mail_confirmed_at) add("the confirmed validation mail");
        if (!state.application->organization_verified_at) add("the verified organisation");
    }
    return text;
}

Result<events::Bytes> public_key(engine::Ledger& ledger, const CertificateId& id,
                                 const ApplicationRecord& application) {
    if (application.submitted.key_source == events::KeySource::csr) {
        const auto csr = adapters::openssl::read_csr(application.submitted.csr);
        if (!csr) return tl::make_unexpected(csr.error());
        return csr->key.spki;
    }
    const auto held = ledger.private_key(id);
    if (!held) return tl::make_unexpected(held.error());
    if (!*held) return fail(ErrorKind::damaged, "certificate " + id.value + ": its key is not in the vault");
    const auto key = adapters::openssl::PrivateKey::read((*held)->octets());
    if (!key) return tl::make_unexpected(key.error());
    return key->facts().spki;
}

Result<adapters::openssl::SubjectOrganization> organization(const adapters::vault::Vault& vault,
                                                            const events::Sealed& sealed) {
    const auto opened = vault.open_sealed(sealed.subject, sealed.box);
    if (!opened) return tl::make_unexpected(opened.error());
    const auto company = events::decode<domain::Company>(opened->octets());
    if (!company) return tl::make_unexpected(company.error());
    // The address stays sealed: its locality cannot be told from the rest of it, and the log is for ever.
    return adapters::openssl::SubjectOrganization{
        company->name.value_or(""), company->country.value_or(""), company->registration.value_or(""), {}};
}

}  // namespace

Result<adapters::openssl::LeafRequest> Workflow::Impl::leaf_request(const CertificateId& id,
                                                                    const ApplicationRecord& application) {
    adapters::openssl::LeafRequest leaf;
    auto key = public_key(ledger, id, application);
    if (!key) return tl::make_unexpected(std::move(key.error()));
    leaf.spki = std::move(*key);
    const auto found = ledger.certificate(id);
    if (!found) return tl::make_unexpected(found.error());
    const CertificateState& state = **found;
    for (const auto& name : state.names) {
        const auto normal = adapters::names::normalize_name(name.ascii);
        const bool address = normal && (normal->kind == adapters::names::NameKind::ip4 ||
                                        normal->kind == adapters::names::NameKind::ip6);
        (address ? leaf.ip_names : leaf.dns_names).push_back(name.ascii);
    }
    leaf.level = state.product->level;
    if (leaf.level != Level::dv && application.submitted.company) {
        const auto vault = ledger.vault();
        if (!vault) return tl::make_unexpected(vault.error());
        auto company = organization(**vault, *application.submitted.company);
        if (!company) return tl::make_unexpected(std::move(company.error()));
        leaf.organization = std::move(*company);
    }
    leaf.not_before = Instant::from_seconds(now().seconds());
    const Instant term_end = state.term_end;  // The state does not outlive the next call.
    auto rules = moment();
    if (!rules) return tl::make_unexpected(std::move(rules.error()));
    const auto book = rules->policies(settings.account);
    const auto days =
        policies::days_at(book.get<events::ValidityPolicy>(leaf.not_before).first.steps, leaf.not_before);
    // Both ends of a validity count, so the last second is one less; it is not longer than what is paid for.
    leaf.not_after = leaf.not_before.plus_seconds(days * events::kSecondsPerDay - 1);
    if (term_end > leaf.not_before)
        leaf.not_after = std::min(leaf.not_after, Instant::from_seconds(term_end.seconds()));
    return leaf;
}

Result<void> Workflow::Impl::sign(Outcome& outcome, const CertificateId& id,
                                  const ApplicationRecord& application) {
    const auto signer = open_authority();
    if (!signer) return tl::make_unexpected(signer.error());
    const auto leaf = leaf_request(id, application);
    if (!leaf) return tl::make_unexpected(leaf.error());
    if (!application.issuance_intended) {
        domain::RecordIssuance intent{id, domain::IssuanceOutcome::intended, {}};
        if (auto given = give(outcome, intent, application.id); !given || outcome.refused()) return given;
    }
    const auto der = (*signer)->ca().issue(*leaf);
    if (!der) {
        domain::RecordIssuance failed{id, domain::IssuanceOutcome::failed, der.error().message};
        outcome.failure = Error{ErrorKind::outside, "the CA did not sign: " + der.error().message};
        return give(outcome, failed, application.id);
    }
    domain::IssueCertificate command;
    command.certificate = id;
    command.certificate_pem = adapters::openssl::certificate_pem(*der);
    if (auto given = give(outcome, command, application.id); !given || !outcome.refused()) return given;
    // The certificate is thrown away: the intent must not stay open for ever.
    engine::Answer refusal = std::move(outcome.answers.back());
    outcome.answers.pop_back();
    domain::RecordIssuance failed{id, domain::IssuanceOutcome::failed, refusal.refusal->message};
    auto given = give(outcome, failed, application.id);
    outcome.answers.push_back(std::move(refusal));
    return given;
}

Result<Outcome> Workflow::Impl::issue(const CertificateId& id) {
    Outcome outcome;
    const auto found = ledger.certificate(id);
    if (!found) return tl::make_unexpected(found.error());
    const CertificateState& state = **found;
    if (!state.is(events::Status::pending_verification) || !state.application || !state.product) {
        // The ledger says why not, and remembers that it was asked.
        auto given = give(outcome, domain::RecordIssuance{id, domain::IssuanceOutcome::intended, {}});
        if (!given) return tl::make_unexpected(std::move(given.error()));
        return outcome;
    }
    if (const std::string text = missing(state, names_to_prove(state)); !text.empty()) {
        engine::Answer answer;
        answer.command = domain::CommandType::issue_certificate;
        auto standing = ledger.standing(settings.account, id);
        if (!standing) return tl::make_unexpected(std::move(standing.error()));
        answer.refusal = domain::Refusal{events::RefusalCode::not_validated, "not there yet: " + text, "",
                                         standing->status, std::move(standing->allowed)};
        outcome.answers.push_back(std::move(answer));
        return outcome;
    }
    const auto application = read_application(ledger, id);
    if (!application) return tl::make_unexpected(application.error());
    if (application->submitted.key_source == events::KeySource::elsewhere) {
        outcome.waiting_for.push_back(
            "the key is held elsewhere and only its digest is known, so the embedded CA cannot sign; record "
            "the "
            "certificate of the CA that does with the command issue-certificate of `certledger exec`");
        return outcome;
    }
    if (auto signed_off = sign(outcome, id, *application); !signed_off) {
        return ended_by(std::move(outcome), signed_off.error());
    }
    return outcome;
}

Result<Outcome> Workflow::follow_revocation(const CertificateId& id) {
    Outcome outcome;
    const auto found = impl_->ledger.certificate(id);
    if (!found) return tl::make_unexpected(found.error());
    const CertificateState& state = **found;
    if (!state.is(events::Status::issued) || !state.revocation_open() || !state.product) return outcome;
    if (state.product->level != Level::dv && state.revocation != domain::RevocationState::confirmed) {
        outcome.waiting_for.push_back("the revocation mail has to be answered:\n  certledger review record " +
                                      id.value + " revocation");
        return outcome;
    }
    const auto certificate = read_certificate_record(impl_->ledger, id);
    if (!certificate) return tl::make_unexpected(certificate.error());
    const auto authority = Authority::find(impl_->ledger);
    if (!authority) return tl::make_unexpected(authority.error());
    if (!*authority || certificate->issuer != (*authority)->subject()) {
        outcome.waiting_for.push_back(
            "the CA (" + certificate->issuer + ") has to answer; when it has:\n  certledger review approve " +
            id.value + "\n  certledger review reject " + id.value + " --cause TEXT");
        return outcome;
    }
    domain::RecordRevocation record;
    record.certificate = id;
    record.outcome = domain::RevocationOutcome::completed;
    if (auto given = impl_->give(outcome, record); !given)
        return tl::make_unexpected(std::move(given.error()));
    return outcome;
}

}  // namespace certledger::workflow
