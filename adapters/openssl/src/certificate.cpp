#include <openssl/err.h>
#include <openssl/pem.h>

#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/openssl/hash.hpp>
#include <utility>

#include "certificate_access.hpp"
#include "key_access.hpp"
#include "x509_text.hpp"

namespace certledger::adapters::openssl {

namespace {

/// Returns what is wrong with the alternative names, or an empty text.
std::string read_names(const X509* certificate, CertificateFacts& facts) {
    int critical = -1;
    const GeneralNames names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
    if (!names) {
        return critical == -1 ? "" : "its subject alternative names are malformed or stand twice";
    }
    auto sorted = alternative_names(names.get());
    if (!sorted) {
        return "a subject alternative name is neither a printable host name nor an IP address";
    }
    facts.dns_names = std::move(sorted->dns);
    facts.ip_names = std::move(sorted->ip);
    return "";
}

bool basic_constraints_ca(const X509* certificate) {
    const Handle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> constraints(static_cast<BASIC_CONSTRAINTS*>(
        X509_get_ext_d2i(certificate, NID_basic_constraints, nullptr, nullptr)));
    return constraints && constraints->ca != 0;
}

}  // namespace

Result<CertificateFacts> certificate_facts(const X509* certificate) {
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr) {
        return refuse("certificate: its public key cannot be read");
    }
    const auto not_before = instant_of(X509_get0_notBefore(certificate));
    const auto not_after = instant_of(X509_get0_notAfter(certificate));
    if (!not_before || !not_after) {
        return refuse("certificate: its validity holds a malformed time");
    }
    CertificateFacts facts;
    facts.der = to_der<i2d_X509>(certificate);
    if (std::string fault = read_names(certificate, facts); !fault.empty()) {
        return refuse("certificate: " + fault);
    }
    facts.serial = serial_hex(X509_get0_serialNumber(certificate));
    facts.subject = name_text(X509_get_subject_name(certificate));
    facts.issuer = name_text(X509_get_issuer_name(certificate));
    facts.not_before = *not_before;
    facts.not_after = *not_after;
    facts.sha256 = sha256(facts.der);
    facts.key = public_key_facts(key, to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate)));
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, certificate);
    facts.signature_algorithm = algorithm_text(algorithm);
    facts.is_ca = basic_constraints_ca(certificate);
    facts.is_precertificate = X509_get_ext_by_NID(certificate, NID_ct_precert_poison, -1) >= 0;
    ERR_clear_error();
    return facts;
}

Result<CertificateFacts> read_certificate(std::span<const std::uint8_t> pem_or_der) {
    if (pem_or_der.empty() || pem_or_der.size() > kMaxInputOctets) {
        return refuse("certificate: " + std::to_string(pem_or_der.size()) + " octets, must be 1 to 1048576");
    }
    CertificateHandle certificate;
    if (looks_like_pem(pem_or_der)) {
        const BioHandle bio = memory_bio(pem_or_der);
        certificate.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    } else {
        certificate = from_der<CertificateHandle, d2i_X509>(pem_or_der);
    }
    if (!certificate) {
        return refuse("certificate: must be X.509 in PEM or DER");
    }
    return certificate_facts(certificate.get());
}

Result<CertificateFacts> read_certificate(std::string_view pem_or_der) {
    return read_certificate(as_octets(pem_or_der));
}

std::string certificate_pem(std::span<const std::uint8_t> der) { return to_pem(PEM_STRING_X509, der); }

}  // namespace certledger::adapters::openssl
