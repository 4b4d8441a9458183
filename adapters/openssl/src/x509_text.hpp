// Role: what certificates, requests and revocation lists have in common: names, alternative names, times,
// serials.
#pragma once

#include <certledger/events/instant.hpp>
#include <optional>
#include <string>
#include <vector>

#include "handles.hpp"

namespace certledger::adapters::openssl {

/// The subject form described in certificate.hpp.
[[nodiscard]] std::string name_text(const X509_NAME* name);

/// The alternative names of a certificate or request, sorted by kind.
struct AlternativeNames {
    std::vector<std::string> dns;
    std::vector<std::string> ip;
    std::size_t others = 0;
};

/// Nothing when a DNS name holds something other than printable ASCII without spaces, or an address has
/// neither 4 nor 16 octets.
[[nodiscard]] std::optional<AlternativeNames> alternative_names(const GENERAL_NAMES* names);

/// Canonical text of an address of 4 or 16 octets; empty for other sizes.
[[nodiscard]] std::string ip_text(std::span<const std::uint8_t> address);
/// The octets of an address text (4 or 16), or none.
[[nodiscard]] events::Bytes ip_octets(const std::string& text);

/// The names as one extension value; null when an IP text is no address or a DNS name is empty or not ASCII.
[[nodiscard]] GeneralNames general_names(const std::vector<std::string>& dns_names,
                                         const std::vector<std::string>& ip_names);

[[nodiscard]] std::string serial_hex(const ASN1_INTEGER* serial);
[[nodiscard]] std::optional<events::Instant> instant_of(const ASN1_TIME* time);
/// Whole seconds; UTCTime up to 2049 and GeneralizedTime after, as RFC 5280 section 4.1.2.5 has it.
[[nodiscard]] TimeHandle asn1_time(events::Instant instant);

/// The name of a signature algorithm as OpenSSL writes it, or its dotted number.
[[nodiscard]] std::string algorithm_text(const X509_ALGOR* algorithm);
/// Empty, or why the digest of a signature is too weak.
[[nodiscard]] std::string weak_signature(const X509_ALGOR* algorithm);

}  // namespace certledger::adapters::openssl
