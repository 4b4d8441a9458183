#include "facts.hpp"

#include <certledger/adapters/names/name.hpp>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/csr.hpp>
#include <certledger/adapters/openssl/key.hpp>
#include <certledger/domain/decide.hpp>

namespace certledger::engine {
namespace {

using domain::CertificateFact;
using domain::CsrFact;
using domain::Facts;
using domain::NameFact;
using domain::NameForm;

namespace names = adapters::names;
namespace openssl = adapters::openssl;

NameForm form_of(names::NameKind kind) {
    switch (kind) {
        case names::NameKind::plain:
            return NameForm::plain;
        case names::NameKind::wildcard:
            return NameForm::wildcard;
        case names::NameKind::ip4:
        case names::NameKind::ip6:
            break;
    }
    return NameForm::address;
}

NameFact name_fact(const std::string& given) {
    NameFact fact;
    fact.given = given;
    auto normal = names::normalize_name(given);
    if (!normal) {
        fact.fault = std::move(normal.error().message);
        return fact;
    }
    fact.name = {std::move(normal->ascii), std::move(normal->unicode)};
    fact.form = form_of(normal->kind);
    return fact;
}

std::vector<NameFact> name_facts(const std::vector<std::string>& given) {
    std::vector<NameFact> facts;
    facts.reserve(given.size());
    for (const auto& name : given) facts.push_back(name_fact(name));
    return facts;
}

/// A name that stands in a certificate or a request. Others sign names that nobody may order here; they are
/// kept as they are.
events::DomainName name_as_signed(const std::string& name) {
    auto normal = names::normalize_name(name);
    if (!normal) return {name, name};
    return {std::move(normal->ascii), std::move(normal->unicode)};
}

/// One word with a dot or colon in it, whatever the rules for names make of it.
bool looks_like_host(std::string_view name) {
    const auto first = name.find_first_not_of(' ');
    if (first == std::string_view::npos) return false;
    name = name.substr(first, name.find_last_not_of(' ') - first + 1);
    return name.find(' ') == std::string_view::npos && name.find_first_of(".:") != std::string_view::npos;
}

CsrFact csr_fact(const std::string& pem) {
    CsrFact fact;
    auto read = openssl::read_csr(std::string_view(pem));
    if (!read) {
        fact.fault = std::move(read.error().message);
        return fact;
    }
    fact.fault = read->invalid_because;
    if (fact.fault.empty() && !read->signature_ok) fact.fault = "its signature does not hold";
    fact.weakness = read->weak_because;
    for (const auto& name : read->dns_names) fact.names.push_back(name_as_signed(name).ascii);
    for (const auto& name : read->ip_names) fact.names.push_back(name_as_signed(name).ascii);
    // A common name that is a host's is one of the names (BR section 7.1.4.3); any other names no host.
    for (const auto& name : read->common_names) {
        if (looks_like_host(name)) fact.names.push_back(name_as_signed(name).ascii);
    }
    // No certificate has names of other kinds, so that a request with one never fits.
    if (read->other_names > 0) fact.names.emplace_back("a name that is neither DNS nor IP");
    fact.key_sha256 = read->key.spki_sha256;
    fact.der = std::move(read->der);
    return fact;
}

CertificateFact certificate_fact(const openssl::CertificateFacts& read) {
    CertificateFact fact;
    if (read.is_precertificate) fact.fault = "it is a precertificate (RFC 6962 section 3.1)";
    fact.serial = read.serial;
    fact.issuer = read.issuer;
    fact.subject = read.subject;
    fact.not_before = read.not_before;
    fact.not_after = read.not_after;
    fact.sha256 = read.sha256;
    fact.key_sha256 = read.key.spki_sha256;
    for (const auto& name : read.dns_names) fact.names.push_back(name_as_signed(name));
    for (const auto& name : read.ip_names) fact.names.push_back(name_as_signed(name));
    fact.der = read.der;
    // What stands in an event is text; a stranger's certificate may hold anything.
    bool text = events::well_formed_utf8(fact.issuer) && events::well_formed_utf8(fact.subject);
    for (const auto& name : fact.names) text = text && events::well_formed_utf8(name.ascii);
    if (fact.fault.empty() && !text) fact.fault = "it holds names that are not UTF-8";
    return fact;
}

void read_certificate(const std::string& pem, const std::optional<std::string>& private_key_pem,
                      Facts& facts) {
    auto read = openssl::read_certificate(std::string_view(pem));
    if (!read) {
        facts.certificate.emplace().fault = std::move(read.error().message);
    } else {
        facts.certificate = certificate_fact(*read);
    }
    if (!private_key_pem) return;
    auto& fact = facts.private_key.emplace();
    auto key = openssl::PrivateKey::read(std::string_view(*private_key_pem));
    if (!key) {
        fact.fault = std::move(key.error().message);
        return;
    }
    // The same key may be encoded in other ways; what counts is the certificate's.
    const bool same = read && key->matches(read->key.spki);
    fact.key_sha256 = same ? read->key.spki_sha256 : key->facts().spki_sha256;
}

struct Gather {
    Facts& facts;
    const policies::Zones& zones;

    void operator()(const domain::BuyCertificate& c) const { facts.names = name_facts(c.names); }
    void operator()(const domain::CreateCertificate& c) const {
        facts.names = name_facts(c.names);
        if (c.csr) facts.csr = csr_fact(*c.csr);
    }
    void operator()(const domain::SubmitApplication& c) const {
        if (c.csr) facts.csr = csr_fact(*c.csr);
    }
    void operator()(const domain::IssueChallenge& c) const { facts.names = {name_fact(c.name)}; }
    void operator()(const domain::RecordValidation& c) const { facts.names = {name_fact(c.name)}; }
    void operator()(const domain::IssueCertificate& c) const {
        if (c.names) facts.names = name_facts(*c.names);
        if (c.certificate_pem) read_certificate(*c.certificate_pem, std::nullopt, facts);
    }
    void operator()(const domain::UploadCertificate& c) const {
        read_certificate(c.certificate_pem, c.private_key_pem, facts);
    }
    void operator()(const domain::AdoptPolicy& c) const {
        facts.policy_fault = policies::policy_fault(c.policy, zones).value_or("");
    }
    template <class Other>
    void operator()(const Other&) const {}
};

}  // namespace

Facts gather_facts(const domain::Command& command, const policies::Zones& zones) {
    Facts facts;
    std::visit(Gather{facts, zones}, command);
    return facts;
}

bool wants_generated_id(const domain::Command& command) {
    if (const auto* renew = std::get_if<domain::RenewCertificate>(&command)) return !renew->successor;
    return domain::names_generated_stream(command);
}

}  // namespace certledger::engine
