// Role: what the engine needs from the key vault, so that a session can be tried without one.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/product.hpp>
#include <certledger/events/result.hpp>
#include <span>
#include <string>
#include <string_view>

namespace certledger::engine {

/// Durability: what was put is kept once commit() has succeeded, before the log names it; what the log never
/// came to name is left over and harmless. Threads: one.
class Secrets {
  public:
    Secrets() = default;
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;
    virtual ~Secrets() = default;

    /// A digest that tells nothing about its input to those without the vault (HMAC-SHA-256 under a key that
    /// only this use has).
    [[nodiscard]] virtual Result<events::Digest> keyed_digest(std::span<const std::uint8_t> content) = 0;

    /// Makes a key pair for a certificate; gives the SHA-256 of its SubjectPublicKeyInfo.
    [[nodiscard]] virtual Result<events::Digest> make_key(events::KeyAlgorithm algorithm,
                                                          const events::CertificateId& certificate) = 0;

    /// Keeps a key that came with an upload. `key_sha256` is the digest that the certificate gives.
    [[nodiscard]] virtual Result<void> keep_key(std::string_view pem, const events::Digest& key_sha256,
                                                const events::CertificateId& certificate) = 0;

    /// Seals personal data of an account's certificate under the key of its data subject.
    [[nodiscard]] virtual Result<events::Sealed> seal(const events::CertificateId& certificate,
                                                      std::string_view kind,
                                                      std::span<const std::uint8_t> content) = 0;

    /// Makes everything put since the last commit durable.
    [[nodiscard]] virtual Result<void> commit() = 0;

    /// Forgets what was put since the last commit.
    virtual void abandon() = 0;
};

}  // namespace certledger::engine
