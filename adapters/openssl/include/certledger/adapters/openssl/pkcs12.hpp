// Role: PKCS#12 containers (RFC 7292): reading those of strangers, writing those that are handed out.
#pragma once

#include <certledger/adapters/openssl/certificate.hpp>
#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace certledger::adapters::openssl {

/// Opens a container with its password (which may be empty). All certificates and keys in it, also those in
/// nested bags down to eight levels; it may hold none. RC2 and triple DES are read where OpenSSL's legacy
/// provider is installed. A container without an integrity check is taken with the empty password only.
/// invalid_input: no PKCS#12, a wrong password, key derivation that asks for more than five million rounds in
/// all, a part that does not decode. Thread-safe.
[[nodiscard]] Result<Bundle> read_pkcs12(std::span<const std::uint8_t> der, std::string_view password);

enum class PfxEncryption {
    aes_256,          ///< PBES2 with AES-256, SHA-256 check: what every current reader takes.
    triple_des_sha1,  ///< For Windows Server 2016 and older only; weak.
};

/// Writes a container with the key, its certificate and the chain (DER). `friendly_name` is the alias that
/// keystores show. invalid_input: the key does not belong to the certificate, or a certificate does not
/// parse.
[[nodiscard]] Result<SecretBytes> make_pfx(const PrivateKey& key,
                                           std::span<const std::uint8_t> certificate_der,
                                           const std::vector<events::Bytes>& chain_der,
                                           std::string_view password, std::string_view friendly_name,
                                           PfxEncryption encryption = PfxEncryption::aes_256);

}  // namespace certledger::adapters::openssl
