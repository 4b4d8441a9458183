// Role: certificate requests (PKCS#10, RFC 2986).
#pragma once

#include <certledger/adapters/openssl/key.hpp>
#include <certledger/events/result.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::openssl {

/// What a request asks for. Extensions other than the names are not reported and never copied into anything
/// issued.
struct CsrFacts {
    events::Bytes der;    ///< The request itself, and nothing that stood beside it in a PEM file.
    std::string subject;  ///< See subject form in certificate.hpp.
    /// The subject's, lower case, as they stand there; without those that hold control characters.
    std::vector<std::string> common_names;
    /// Lower case, as they stand: not yet checked by the rules for names. From the subject alternative names,
    /// or, when the request has none, the subject's common name.
    std::vector<std::string> dns_names;
    std::vector<std::string> ip_names;  ///< Canonical text (dotted quad, RFC 5952).
    std::size_t other_names = 0;        ///< Alternative names of other kinds (mail, URI …).
    bool has_san = false;
    PublicKeyFacts key;
    std::string
        signature_algorithm;    ///< As OpenSSL names it: `sha256WithRSAEncryption`, `ecdsa-with-SHA256`.
    bool signature_ok = false;  ///< The requester proved possession of the key.
    /// Empty when the request is in order; else why it cannot be used at all: signature, version, a
    /// duplicated or malformed extension, no name, a mail address in the subject, a challenge password.
    std::string invalid_because;
    /// Empty when strong enough; else the rule broken: RSA below 2048, a curve other than P-256 or P-384,
    /// explicit curve parameters, a signature with MD5 or SHA-1.
    std::string weak_because;
};

/// Reads a request, PEM or DER, at most kMaxInputOctets. invalid_input when it does not parse or its public
/// key cannot be read at all; everything else is said in the facts. Thread-safe.
[[nodiscard]] Result<CsrFacts> read_csr(std::span<const std::uint8_t> pem_or_der);
[[nodiscard]] Result<CsrFacts> read_csr(std::string_view pem_or_der);

/// Makes a request for the names, PEM, signed with SHA-256 (SHA-384 for ec-p384). `common_name` may be empty:
/// then the subject is empty. invalid_input: no name, a DNS name that is not ASCII, an IP name that is no
/// address, a common name over 64 characters.
[[nodiscard]] Result<std::string> make_csr(const PrivateKey& key, const std::vector<std::string>& dns_names,
                                           const std::vector<std::string>& ip_names,
                                           std::string_view common_name = {});

}  // namespace certledger::adapters::openssl
