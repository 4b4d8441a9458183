// Role: puts a certificate together field by field. Every function returns false when OpenSSL refuses the
// value.
#pragma once

#include <certledger/events/instant.hpp>
#include <string>
#include <string_view>

#include "handles.hpp"

namespace certledger::adapters::openssl {

/// A version 3 certificate with its key and times set; the serial is that of the octets (big-endian,
/// positive). Null when the key's algorithm has parameters other than none, NULL or a named curve.
[[nodiscard]] CertificateHandle start_certificate(const X509_PUBKEY* key,
                                                  std::span<const std::uint8_t> serial,
                                                  events::Instant not_before, events::Instant not_after);

/// A positive serial of 126 random bits (BR section 7.1: at least 64 from a CSPRNG; RFC 5280: at most 20
/// octets).
[[nodiscard]] events::Bytes random_serial();

/// One attribute of a subject, UTF-8; longer values are refused by the attribute's upper bound.
[[nodiscard]] bool add_attribute(X509_NAME* name, int nid, std::string_view value);

/// The first `count` characters of UTF-8 text, never a part of one.
[[nodiscard]] std::string first_characters(std::string_view text, std::size_t count);

/// An extension in OpenSSL's configuration language. Only for fixed texts: values from outside could add to
/// it.
[[nodiscard]] bool add_extension(X509* certificate, const X509* issuer, int nid, const char* value);
[[nodiscard]] bool add_alternative_names(X509* certificate, const GENERAL_NAMES* names, bool critical);
/// One certificate policy without qualifiers.
[[nodiscard]] bool add_policy(X509* certificate, const char* dotted_number);
[[nodiscard]] bool add_crl_url(X509* certificate, const std::string& url);

/// SHA-384 for a P-384 key, SHA-256 for all others (BR section 7.1.3.2).
[[nodiscard]] const EVP_MD* signing_digest(const EVP_PKEY* key);

}  // namespace certledger::adapters::openssl
