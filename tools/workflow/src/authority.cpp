#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/workflow/authority.hpp>

namespace certledger::workflow {
namespace {

using adapters::SecretBytes;
using adapters::openssl::CaState;
using adapters::openssl::EmbeddedCa;
using adapters::vault::Vault;
namespace entry = adapters::vault::entry;

std::span<const std::uint8_t> octets_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Empty when the vault holds no authority.
Result<std::optional<CaState>> stored_state(const Vault& vault) {
    CaState state;
    std::optional<SecretBytes> parts[4];
    const char* const names[4] = {entry::kCaRootCertificate, entry::kCaIntermediateCertificate,
                                  entry::kCaRootKey, entry::kCaIntermediateKey};
    for (int i = 0; i < 4; ++i) {
        auto part = vault.get(names[i]);
        if (!part) return tl::make_unexpected(std::move(part.error()));
        parts[i] = std::move(*part);
    }
    if (!parts[0] && !parts[1] && !parts[2] && !parts[3]) return std::optional<CaState>();
    for (int i = 0; i < 4; ++i) {
        if (!parts[i])
            return fail(ErrorKind::damaged, std::string("vault: the authority lacks its entry ") + names[i]);
    }
    state.root_pem = std::string(parts[0]->text());
    state.intermediate_pem = std::string(parts[1]->text());
    state.root_key = std::move(*parts[2]);
    state.intermediate_key = std::move(*parts[3]);
    return std::optional<CaState>(std::move(state));
}

Result<void> store_state(Vault& vault, const CaState& state) {
    vault.put(entry::kCaRootCertificate, octets_of(state.root_pem));
    vault.put(entry::kCaIntermediateCertificate, octets_of(state.intermediate_pem));
    vault.put(entry::kCaRootKey, state.root_key.octets());
    vault.put(entry::kCaIntermediateKey, state.intermediate_key.octets());
    return vault.commit();
}

Result<EmbeddedCa> open_ca(Vault& vault, std::string_view name, events::Instant now) {
    auto stored = stored_state(vault);
    if (!stored) return tl::make_unexpected(std::move(stored.error()));
    if (*stored) return EmbeddedCa::load(**stored);
    auto made = EmbeddedCa::create(name, now);
    if (!made) return made;
    if (auto kept = store_state(vault, made->state()); !kept) return tl::make_unexpected(kept.error());
    // What stands in the vault counts: another process may have made one at the same time.
    stored = stored_state(vault);
    if (!stored) return tl::make_unexpected(std::move(stored.error()));
    return *stored ? EmbeddedCa::load(**stored) : std::move(made);
}

Result<std::string> subject_of(const EmbeddedCa& ca) {
    const auto facts = adapters::openssl::read_certificate(ca.intermediate_pem());
    if (!facts) return tl::make_unexpected(facts.error());
    return facts->subject;
}

}  // namespace

Result<std::optional<Authority>> Authority::find(engine::Ledger& ledger) {
    auto vault = ledger.vault();
    if (!vault) return tl::make_unexpected(std::move(vault.error()));
    auto stored = stored_state(**vault);
    if (!stored) return tl::make_unexpected(std::move(stored.error()));
    if (!*stored) return std::optional<Authority>();
    auto ca = EmbeddedCa::load(**stored);
    if (!ca) return tl::make_unexpected(std::move(ca.error()));
    auto subject = subject_of(*ca);
    if (!subject) return tl::make_unexpected(std::move(subject.error()));
    return std::optional<Authority>(Authority(std::move(*ca), std::move(*subject)));
}

Result<Authority> Authority::open(engine::Ledger& ledger, std::string_view name, events::Instant now) {
    auto vault = ledger.vault();
    if (!vault) return tl::make_unexpected(std::move(vault.error()));
    auto ca = open_ca(**vault, name, now);
    if (!ca) return tl::make_unexpected(std::move(ca.error()));
    auto subject = subject_of(*ca);
    if (!subject) return tl::make_unexpected(std::move(subject.error()));
    return Authority(std::move(*ca), std::move(*subject));
}

Result<std::string> revocation_list(engine::Ledger& ledger, const Authority& authority, events::Instant now,
                                    std::int64_t days) {
    auto views = ledger.views();
    if (!views) return tl::make_unexpected(std::move(views.error()));
    auto moment = (*views)->moment({now, {}, {}});
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    std::vector<adapters::openssl::RevokedEntry> entries;
    moment->rows().each_certificate([&](const projections::CertificateRow& row) {
        if (row.revoked && row.issuance && row.issuance->issuer == authority.subject() &&
            row.issued->not_after >= now) {
            entries.push_back({row.issued->serial, row.revoked->at, row.revoked->reason});
        }
        return true;
    });
    return authority.ca().make_crl(entries, now, now.plus_seconds(days * events::kSecondsPerDay),
                                   moment->position());
}

}  // namespace certledger::workflow
