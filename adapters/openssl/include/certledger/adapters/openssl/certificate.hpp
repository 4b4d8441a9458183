// Role: reading X.509 certificates and the containers without a password that carry them.
//
// Form of a subject or issuer: attributes in the order of the certificate, `, ` between them, short names,
// values in UTF-8 with the escapes of RFC 2253: `C=US, O=Let's Encrypt, CN=R3`. An empty name is the empty
// string.
#pragma once

#include <certledger/adapters/openssl/key.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::openssl {

struct CertificateFacts {
    std::string
        serial;  ///< Hexadecimal, lower case, an even number of digits, as `openssl x509 -serial` writes it.
    std::string subject;
    std::string issuer;
    std::vector<std::string>
        dns_names;                      ///< In the order of the extension, lower case. The subject adds none.
    std::vector<std::string> ip_names;  ///< Canonical text (dotted quad, RFC 5952).
    events::Instant not_before;         ///< Whole seconds.
    events::Instant not_after;          ///< Whole seconds; the last one of validity.
    events::Digest sha256;              ///< Of the whole certificate: its fingerprint.
    PublicKeyFacts key;
    std::string signature_algorithm;
    bool is_ca = false;
    bool is_precertificate = false;  ///< Carries the poison of RFC 6962 section 3.1: not for use.
    events::Bytes der;
};

/// Reads one certificate, PEM (the first in the text) or DER, at most kMaxInputOctets. invalid_input: none
/// there, octets after a DER one, malformed names or times. Does not judge validity, chain or signature.
/// Thread-safe.
[[nodiscard]] Result<CertificateFacts> read_certificate(std::span<const std::uint8_t> pem_or_der);
[[nodiscard]] Result<CertificateFacts> read_certificate(std::string_view pem_or_der);

/// `-----BEGIN CERTIFICATE-----` … of a DER certificate.
[[nodiscard]] std::string certificate_pem(std::span<const std::uint8_t> der);

/// What an uploaded file holds, in its order.
struct Bundle {
    std::vector<CertificateFacts> certificates;
    std::vector<PrivateKey> keys;
    /// PKCS#12 only: the display names of certificates and keys, in order, where they have one.
    std::vector<std::string> friendly_names;
};

/// No container may hold more certificates, or more keys, than this.
inline constexpr std::size_t kMaxBundleEntries = 1000;

/// Reads a PEM text of certificates, PKCS#7 and unencrypted keys in any order, a DER certificate, or a DER
/// PKCS#7. invalid_input: nothing of the kind in it, one part malformed, or an encrypted key. Thread-safe.
[[nodiscard]] Result<Bundle> read_bundle(std::span<const std::uint8_t> octets);

}  // namespace certledger::adapters::openssl
