#include "certificate_builder.hpp"

#include <certledger/adapters/openssl/hash.hpp>
#include <certledger/events/contract.hpp>
#include <utility>

#include "x509_text.hpp"

namespace certledger::adapters::openssl {

namespace {

/// Copies the encoded key as it is. X509_set_pubkey would decode and encode it, which costs more than to
/// sign.
bool copy_public_key(X509* certificate, const X509_PUBKEY* key) {
    ASN1_OBJECT* algorithm = nullptr;
    const unsigned char* bits = nullptr;
    int size = 0;
    X509_ALGOR* identifier = nullptr;
    int type = 0;
    const void* value = nullptr;
    if (X509_PUBKEY_get0_param(&algorithm, &bits, &size, &identifier, key) != 1) {
        return false;
    }
    X509_ALGOR_get0(nullptr, &type, &value, identifier);
    if (type != V_ASN1_UNDEF && type != V_ASN1_NULL && type != V_ASN1_OBJECT) {
        return false;
    }
    Handle<ASN1_OBJECT, ASN1_OBJECT_free> curve(
        type == V_ASN1_OBJECT ? OBJ_dup(static_cast<const ASN1_OBJECT*>(value)) : nullptr);
    OpensslMemory<unsigned char> octets(
        static_cast<unsigned char*>(OPENSSL_memdup(bits, static_cast<std::size_t>(size))));
    if (!octets || X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate), OBJ_dup(algorithm), type,
                                          curve.get(), octets.get(), size) != 1) {
        return false;
    }
    static_cast<void>(curve.release());
    static_cast<void>(octets.release());
    return true;
}

}  // namespace

CertificateHandle start_certificate(const X509_PUBKEY* key, std::span<const std::uint8_t> serial,
                                    events::Instant not_before, events::Instant not_after) {
    CertificateHandle certificate(X509_new());
    CERTLEDGER_CHECK(certificate != nullptr);
    const BignumHandle number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    CERTLEDGER_CHECK(number != nullptr);
    CERTLEDGER_CHECK(X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                     BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                     X509_set1_notBefore(certificate.get(), asn1_time(not_before).get()) == 1 &&
                     X509_set1_notAfter(certificate.get(), asn1_time(not_after).get()) == 1);
    return copy_public_key(certificate.get(), key) ? std::move(certificate) : nullptr;
}

events::Bytes random_serial() {
    const SecretBytes random = random_bytes(16);
    events::Bytes serial(random.octets().begin(), random.octets().end());
    // The top bit clear keeps it positive; the next one set keeps its length, so that it is never zero.
    serial.front() = static_cast<std::uint8_t>((serial.front() & 0x3f) | 0x40);
    return serial;
}

bool add_attribute(X509_NAME* name, int nid, std::string_view value) {
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
}

std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    std::size_t seen = 0;
    for (; end < text.size(); ++end) {
        const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (starts_character && seen++ == count) {
            break;
        }
    }
    return std::string(text.substr(0, end));
}

bool add_extension(X509* certificate, const X509* issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, const_cast<X509*>(issuer), certificate, nullptr, nullptr, 0);
    const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_alternative_names(X509* certificate, const GENERAL_NAMES* names, bool critical) {
    return X509_add1_ext_i2d(certificate, NID_subject_alt_name, const_cast<GENERAL_NAMES*>(names),
                             critical ? 1 : 0, X509V3_ADD_DEFAULT) == 1;
}

bool add_policy(X509* certificate, const char* dotted_number) {
    using Policies = Handle<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>;
    const Policies policies(CERTIFICATEPOLICIES_new());
    POLICYINFO* policy = POLICYINFO_new();
    CERTLEDGER_CHECK(policies != nullptr && policy != nullptr &&
                     sk_POLICYINFO_push(policies.get(), policy) > 0);
    policy->policyid = OBJ_txt2obj(dotted_number, 1);
    CERTLEDGER_CHECK(policy->policyid != nullptr);
    return X509_add1_ext_i2d(certificate, NID_certificate_policies, policies.get(), 0, X509V3_ADD_DEFAULT) ==
           1;
}

bool add_crl_url(X509* certificate, const std::string& url) {
    using Points = Handle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
    const Points points(CRL_DIST_POINTS_new());
    DIST_POINT* point = DIST_POINT_new();
    CERTLEDGER_CHECK(points != nullptr && point != nullptr && sk_DIST_POINT_push(points.get(), point) > 0);
    point->distpoint = DIST_POINT_NAME_new();
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    CERTLEDGER_CHECK(point->distpoint != nullptr && name != nullptr && text != nullptr);
    CERTLEDGER_CHECK(ASN1_STRING_set(text, url.data(), static_cast<int>(url.size())) == 1);
    GENERAL_NAME_set0_value(name, GEN_URI, text);
    point->distpoint->type = 0;  // fullName
    point->distpoint->name.fullname = GENERAL_NAMES_new();
    CERTLEDGER_CHECK(point->distpoint->name.fullname != nullptr &&
                     sk_GENERAL_NAME_push(point->distpoint->name.fullname, name) > 0);
    return X509_add1_ext_i2d(certificate, NID_crl_distribution_points, points.get(), 0, X509V3_ADD_DEFAULT) ==
           1;
}

const EVP_MD* signing_digest(const EVP_PKEY* key) {
    return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
}

}  // namespace certledger::adapters::openssl
