#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <certledger/events/contract.hpp>
#include <unordered_set>
#include <utility>

#include "certificate_builder.hpp"
#include "key_access.hpp"
#include "x509_text.hpp"

namespace certledger::adapters::openssl {

namespace {

constexpr std::int64_t kYear = 365 * events::kSecondsPerDay;
constexpr std::size_t kMaxNames = 1000;
/// ISO 3166's user-assigned code for "no country": BR section 7.1.4.2 wants one in the name of every CA.
constexpr std::string_view kNoCountry = "XX";

std::string pem_of(const X509* certificate) { return certificate_pem(to_der<i2d_X509>(certificate)); }

CertificateHandle certificate_from_pem(const std::string& pem) {
    if (pem.empty() || pem.size() > kMaxInputOctets) {
        return nullptr;
    }
    const BioHandle bio = memory_bio(as_octets(pem));
    return CertificateHandle(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

SpkiHandle public_part(const PrivateKey& key) {
    auto spki = from_der<SpkiHandle, d2i_X509_PUBKEY>(key.facts().spki);
    CERTLEDGER_CHECK(spki != nullptr);
    return spki;
}

void name_authority(X509* certificate, std::string_view organization, const std::string& common_name) {
    X509_NAME* subject = X509_get_subject_name(certificate);
    CERTLEDGER_CHECK(add_attribute(subject, NID_countryName, kNoCountry) &&
                     add_attribute(subject, NID_organizationName, organization) &&
                     add_attribute(subject, NID_commonName, common_name));
}

void add_authority_extensions(X509* certificate, const X509* issuer, bool root) {
    // BR section 7.1.2.1 (root) and 7.1.2.6 (subordinate CA for server certificates).
    bool added = add_extension(certificate, issuer, NID_basic_constraints,
                               root ? "critical,CA:TRUE" : "critical,CA:TRUE,pathlen:0") &&
                 add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                 add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (!root) {
        added = added && add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
                add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
                add_policy(certificate, "2.5.29.32.0");
    }
    CERTLEDGER_CHECK(added);
}

void sign(X509* certificate, const X509* issuer, EVP_PKEY* key) {
    CERTLEDGER_CHECK(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
                     X509_sign(certificate, key, signing_digest(key)) > 0);
}

const char* policy_of(events::Level level) {
    switch (level) {  // BR section 7.1.6.1
        case events::Level::dv:
            return "2.23.140.1.2.1";
        case events::Level::ov:
            return "2.23.140.1.2.2";
        case events::Level::ev:
            return "2.23.140.1.1";
    }
    return "2.23.140.1.2.1";
}

int reason_code(events::RevocationReason reason) {
    switch (reason) {  // RFC 5280 section 5.3.1
        case events::RevocationReason::unspecified:
            return 0;
        case events::RevocationReason::key_compromise:
            return 1;
        case events::RevocationReason::affiliation_changed:
            return 3;
        case events::RevocationReason::superseded:
            return 4;
        case events::RevocationReason::cessation_of_operation:
            return 5;
        case events::RevocationReason::privilege_withdrawn:
            return 9;
    }
    return 0;
}

bool two_letters(const std::string& country) {
    return country.size() == 2 && std::all_of(country.begin(), country.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

/// Subject of a leaf (BR section 7.1.2.7.2 to 7.1.2.7.5). Returns what is wrong, or an empty text.
std::string name_leaf(X509_NAME* subject, const LeafRequest& request) {
    if (request.level != events::Level::dv) {
        const SubjectOrganization& organization = *request.organization;
        if (organization.name.empty() || !two_letters(organization.country)) {
            return "organisation needs a name and a country of two letters";
        }
        std::string country = organization.country;
        for (char& c : country) c = static_cast<char>(c & ~0x20);
        bool added = true;
        if (request.level == events::Level::ev) {
            added = !organization.registration.empty() &&
                    add_attribute(subject, NID_businessCategory, "Private Organization") &&
                    add_attribute(subject, NID_jurisdictionCountryName, country) &&
                    add_attribute(subject, NID_serialNumber, first_characters(organization.registration, 64));
        }
        added = added && add_attribute(subject, NID_countryName, country);
        if (!organization.locality.empty()) {
            added = added &&
                    add_attribute(subject, NID_localityName, first_characters(organization.locality, 128));
        }
        added =
            added && add_attribute(subject, NID_organizationName, first_characters(organization.name, 64));
        if (!added) {
            return "organisation must be UTF-8, for ev with a registration number in ASCII";
        }
    }
    // The common name repeats a name of the extension when it fits (BR section 7.1.4.3).
    const std::string& first =
        request.dns_names.empty() ? request.ip_names.front() : request.dns_names.front();
    if (first.size() <= 64 && !add_attribute(subject, NID_commonName, first)) {
        return "the first name cannot be a common name";
    }
    return "";
}

bool add_leaf_extensions(X509* leaf, const X509* issuer, const LeafRequest& request,
                         const GENERAL_NAMES* names, const PublicKeyFacts& key) {
    const bool rsa = key.algorithm.starts_with("rsa-");
    return add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(leaf, issuer, NID_key_usage,
                         rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature") &&
           add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth") &&
           add_extension(leaf, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(leaf, issuer, NID_authority_key_identifier, "keyid:always") &&
           add_policy(leaf, policy_of(request.level)) &&
           add_alternative_names(leaf, names, X509_NAME_entry_count(X509_get_subject_name(leaf)) == 0) &&
           (request.crl_url.empty() || add_crl_url(leaf, request.crl_url));
}

}  // namespace

struct EmbeddedCa::Impl {
    CertificateHandle root;
    CertificateHandle intermediate;
    PkeyHandle root_pair;
    PkeyHandle intermediate_pair;
    PrivateKey root_key;
    PrivateKey intermediate_key;
    std::string root_text;
    std::string intermediate_text;
    events::Instant valid_from;
    events::Instant valid_to;

    Impl(CertificateHandle root_in, CertificateHandle intermediate_in, PrivateKey root_key_in,
         PrivateKey intermediate_key_in)
        : root(std::move(root_in)),
          intermediate(std::move(intermediate_in)),
          root_pair(KeyAccess::handle(root_key_in)),
          intermediate_pair(KeyAccess::handle(intermediate_key_in)),
          root_key(std::move(root_key_in)),
          intermediate_key(std::move(intermediate_key_in)),
          root_text(pem_of(root.get())),
          intermediate_text(pem_of(intermediate.get())) {
        const auto from = instant_of(X509_get0_notBefore(intermediate.get()));
        const auto to = instant_of(X509_get0_notAfter(intermediate.get()));
        CERTLEDGER_CHECK(from && to);
        valid_from = *from;
        valid_to = *to;
    }
};

EmbeddedCa::EmbeddedCa(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
EmbeddedCa::EmbeddedCa(EmbeddedCa&&) noexcept = default;
EmbeddedCa& EmbeddedCa::operator=(EmbeddedCa&&) noexcept = default;
EmbeddedCa::~EmbeddedCa() = default;

Result<EmbeddedCa> EmbeddedCa::create(std::string_view name, events::Instant now) {
    const std::string organization(name);
    if (organization.empty() || first_characters(organization, 40) != organization) {
        return refuse("certificate authority: its name must have 1 to 40 characters");
    }
    PrivateKey root_key = generate_key(events::KeyAlgorithm::ec_p384);
    PrivateKey intermediate_key = generate_key(events::KeyAlgorithm::ec_p256);
    const PkeyHandle root_pair = KeyAccess::handle(root_key);

    // not_after is part of the validity, so one second less than the whole span.
    CertificateHandle root = start_certificate(public_part(root_key).get(), random_serial(), now,
                                               now.plus_seconds(20 * kYear - 1));
    name_authority(root.get(), organization, organization + " Root CA");
    add_authority_extensions(root.get(), root.get(), true);
    sign(root.get(), root.get(), root_pair.get());

    CertificateHandle intermediate = start_certificate(public_part(intermediate_key).get(), random_serial(),
                                                       now, now.plus_seconds(10 * kYear - 1));
    name_authority(intermediate.get(), organization, organization + " Issuing CA");
    add_authority_extensions(intermediate.get(), root.get(), false);
    sign(intermediate.get(), root.get(), root_pair.get());

    return EmbeddedCa(std::make_unique<Impl>(std::move(root), std::move(intermediate), std::move(root_key),
                                             std::move(intermediate_key)));
}

Result<EmbeddedCa> EmbeddedCa::load(const CaState& state) {
    const auto damaged = [](const char* what) {
        ERR_clear_error();
        return fail(ErrorKind::damaged, std::string("certificate authority: ") + what);
    };
    CertificateHandle root = certificate_from_pem(state.root_pem);
    CertificateHandle intermediate = certificate_from_pem(state.intermediate_pem);
    if (!root || !intermediate) {
        return damaged("a stored certificate does not parse");
    }
    auto root_key = PrivateKey::read(state.root_key.octets());
    auto intermediate_key = PrivateKey::read(state.intermediate_key.octets());
    if (!root_key || !intermediate_key) {
        return damaged("a stored key does not parse");
    }
    const auto owns = [](const PrivateKey& key, const X509* certificate) {
        return key.matches(to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate)));
    };
    if (!owns(*root_key, root.get()) || !owns(*intermediate_key, intermediate.get()) ||
        X509_verify(intermediate.get(), X509_get0_pubkey(root.get())) != 1) {
        return damaged("its stored certificates and keys do not belong together");
    }
    if (!instant_of(X509_get0_notBefore(intermediate.get())) ||
        !instant_of(X509_get0_notAfter(intermediate.get()))) {
        return damaged("the issuing CA's certificate holds a malformed time");
    }
    return EmbeddedCa(std::make_unique<Impl>(std::move(root), std::move(intermediate), std::move(*root_key),
                                             std::move(*intermediate_key)));
}

CaState EmbeddedCa::state() const {
    return {impl_->root_text, impl_->intermediate_text, impl_->root_key.pkcs8().clone(),
            impl_->intermediate_key.pkcs8().clone()};
}

const std::string& EmbeddedCa::root_pem() const noexcept { return impl_->root_text; }
const std::string& EmbeddedCa::intermediate_pem() const noexcept { return impl_->intermediate_text; }
events::Bytes EmbeddedCa::intermediate_der() const { return to_der<i2d_X509>(impl_->intermediate.get()); }

namespace {

std::string request_fault(const LeafRequest& request, events::Instant from, events::Instant to) {
    if (request.dns_names.empty() && request.ip_names.empty()) return "needs at least one name";
    if (request.dns_names.size() + request.ip_names.size() > kMaxNames)
        return "at most 1000 names are allowed";
    if (request.level != events::Level::dv && !request.organization) return "ov and ev need an organisation";
    if (request.not_after < request.not_before) return "not_after must not lie before not_before";
    if (request.not_before.seconds() < from.seconds() || request.not_after.seconds() > to.seconds()) {
        return "validity must lie within that of the issuing CA, " + events::to_string(from) + " to " +
               events::to_string(to);
    }
    const bool bad_url = std::any_of(request.crl_url.begin(), request.crl_url.end(),
                                     [](char c) { return c <= ' ' || c >= 0x7f; });
    if (bad_url || request.crl_url.size() > 2048)
        return "CRL URL must be printable ASCII of at most 2048 octets";
    const bool zero =
        std::all_of(request.serial.begin(), request.serial.end(), [](auto octet) { return octet == 0; });
    const bool too_long =
        request.serial.size() > 20 || (request.serial.size() == 20 && request.serial.front() > 0x7f);
    if (!request.serial.empty() && (zero || too_long)) {
        return "serial must be positive and at most 20 octets (RFC 5280 section 4.1.2.2)";
    }
    return "";
}

}  // namespace

Result<events::Bytes> EmbeddedCa::issue(const LeafRequest& request) const {
    if (std::string fault = request_fault(request, impl_->valid_from, impl_->valid_to); !fault.empty()) {
        return refuse("certificate: " + fault);
    }
    const auto key = from_der<SpkiHandle, d2i_X509_PUBKEY>(request.spki);
    EVP_PKEY* decoded = key ? X509_PUBKEY_get0(key.get()) : nullptr;
    if (decoded == nullptr) {
        return refuse("certificate: the public key does not parse");
    }
    const PublicKeyFacts facts = public_key_facts(decoded, request.spki);
    if (!facts.weak_because.empty()) {
        return refuse("certificate: " + facts.weak_because);
    }
    const GeneralNames names = general_names(request.dns_names, request.ip_names);
    if (!names) {
        return refuse(
            "certificate: DNS names must be ASCII of at most 255 octets, IP names must be addresses");
    }
    const CertificateHandle leaf =
        start_certificate(key.get(), request.serial.empty() ? random_serial() : request.serial,
                          request.not_before, request.not_after);
    if (!leaf) {
        return refuse("certificate: the public key has parameters that no certificate may carry");
    }
    if (std::string fault = name_leaf(X509_get_subject_name(leaf.get()), request); !fault.empty()) {
        return refuse("certificate: " + fault);
    }
    CERTLEDGER_CHECK(add_leaf_extensions(leaf.get(), impl_->intermediate.get(), request, names.get(), facts));
    sign(leaf.get(), impl_->intermediate.get(), impl_->intermediate_pair.get());
    return to_der<i2d_X509>(leaf.get());
}

namespace {

IntegerHandle serial_from_hex(const std::string& hex) {
    const auto octets = events::bytes_from_hex(hex.size() % 2 == 0 ? hex : "0" + hex);
    if (!octets || octets->empty() || octets->size() > 21) {
        return nullptr;
    }
    const BignumHandle number(BN_bin2bn(octets->data(), static_cast<int>(octets->size()), nullptr));
    return IntegerHandle(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

bool add_revoked(X509_CRL* list, const RevokedEntry& entry, ASN1_INTEGER* serial) {
    Handle<X509_REVOKED, X509_REVOKED_free> revoked(X509_REVOKED_new());
    bool added = revoked && X509_REVOKED_set_serialNumber(revoked.get(), serial) == 1 &&
                 X509_REVOKED_set_revocationDate(revoked.get(), asn1_time(entry.at).get()) == 1;
    // RFC 5280 section 5.3.1: "unspecified" is said by leaving the extension out.
    if (const int code = reason_code(entry.reason); added && code != 0) {
        const Handle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> value(ASN1_ENUMERATED_new());
        added =
            value && ASN1_ENUMERATED_set(value.get(), code) == 1 &&
            X509_REVOKED_add1_ext_i2d(revoked.get(), NID_crl_reason, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
    }
    added = added && X509_CRL_add0_revoked(list, revoked.get()) == 1;
    if (added) {
        static_cast<void>(revoked.release());
    }
    return added;
}

bool add_list_extensions(X509_CRL* list, X509* issuer, std::uint64_t number) {
    const IntegerHandle value(ASN1_INTEGER_new());
    if (!value || ASN1_INTEGER_set_uint64(value.get(), number) != 1) {
        return false;
    }
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, nullptr, nullptr, list, 0);
    const ExtensionHandle authority(
        X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
    return authority && X509_CRL_add_ext(list, authority.get(), -1) == 1 &&
           X509_CRL_add1_ext_i2d(list, NID_crl_number, value.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

}  // namespace

Result<std::string> EmbeddedCa::make_crl(const std::vector<RevokedEntry>& entries,
                                         events::Instant this_update, events::Instant next_update,
                                         std::uint64_t number) const {
    if (next_update <= this_update) {
        return refuse("revocation list: next_update must lie after this_update");
    }
    const CrlHandle list(X509_CRL_new());
    CERTLEDGER_CHECK(list != nullptr && X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
                     X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(impl_->intermediate.get())) ==
                         1 &&
                     X509_CRL_set1_lastUpdate(list.get(), asn1_time(this_update).get()) == 1 &&
                     X509_CRL_set1_nextUpdate(list.get(), asn1_time(next_update).get()) == 1);
    std::unordered_set<std::string> listed;
    for (const RevokedEntry& entry : entries) {
        const IntegerHandle serial = serial_from_hex(entry.serial);
        if (!serial) {
            return refuse("revocation list: serial '" + entry.serial +
                          "' must be hexadecimal of at most 42 digits");
        }
        if (listed.insert(serial_hex(serial.get())).second) {
            CERTLEDGER_CHECK(add_revoked(list.get(), entry, serial.get()));
        }
    }
    EVP_PKEY* key = impl_->intermediate_pair.get();
    CERTLEDGER_CHECK(X509_CRL_sort(list.get()) == 1 &&
                     add_list_extensions(list.get(), impl_->intermediate.get(), number) &&
                     X509_CRL_sign(list.get(), key, signing_digest(key)) > 0);
    return to_pem(PEM_STRING_X509_CRL, to_der<i2d_X509_CRL>(list.get()));
}

}  // namespace certledger::adapters::openssl
