// Role: key pairs: making them, reading them, telling what they are.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/enums.hpp>
#include <certledger/events/result.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace certledger::adapters::openssl {

/// No input of any reader in this module may be longer than this.
inline constexpr std::size_t kMaxInputOctets = std::size_t{1} << 20;

/// What there is to say about a public key without using it.
struct PublicKeyFacts {
    /// `rsa-2048`, `ec-p256` …; keys that no order may use are named too: `rsa-1024`, `rsa-pss-2048`,
    /// `ed25519`, `ec-p521`, `ec-secp256k1`, `ec-explicit`, `dsa-2048`.
    std::string algorithm;
    int bits = 0;                ///< Modulus length, or that of the curve's field.
    events::Digest spki_sha256;  ///< SHA-256 of the DER SubjectPublicKeyInfo.
    events::Bytes spki;          ///< The DER SubjectPublicKeyInfo.
    /// Empty when the key may stand in a certificate; else the rule that it breaks (BR section 6.1.5
    /// and 6.1.6).
    std::string weak_because;
};

/// A private key: unencrypted PKCS#8 in memory that is wiped. Move-only value, not thread-safe.
class PrivateKey {
  public:
    /// Reads unencrypted PKCS#8, or the traditional RSA or EC form; PEM or DER; at most kMaxInputOctets.
    /// invalid_input: no such key, an encrypted one, or one whose numbers do not fit together.
    [[nodiscard]] static Result<PrivateKey> read(std::span<const std::uint8_t> octets);
    [[nodiscard]] static Result<PrivateKey> read(std::string_view pem_or_der);

    [[nodiscard]] const SecretBytes& pkcs8() const noexcept { return pkcs8_; }
    [[nodiscard]] const PublicKeyFacts& facts() const noexcept { return facts_; }
    /// `-----BEGIN PRIVATE KEY-----` …
    [[nodiscard]] SecretBytes pem() const;
    /// Whether this key belongs to the public key; true for other encodings of the same key too. False for
    /// octets that are no key.
    [[nodiscard]] bool matches(std::span<const std::uint8_t> spki_der) const;
    [[nodiscard]] PrivateKey clone() const { return PrivateKey(pkcs8_.clone(), facts_); }

  private:
    friend struct KeyAccess;
    PrivateKey(SecretBytes pkcs8, PublicKeyFacts facts)
        : pkcs8_(std::move(pkcs8)), facts_(std::move(facts)) {}

    SecretBytes pkcs8_;
    PublicKeyFacts facts_;
};

/// Makes a key pair. rsa-4096 may take seconds. Thread-safe.
[[nodiscard]] PrivateKey generate_key(events::KeyAlgorithm algorithm);

/// Facts of a DER SubjectPublicKeyInfo; invalid_input when it is none.
[[nodiscard]] Result<PublicKeyFacts> read_public_key(std::span<const std::uint8_t> spki_der);

}  // namespace certledger::adapters::openssl
