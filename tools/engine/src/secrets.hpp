// Role: what the engine puts into the vault, and under which names.
#pragma once

#include <certledger/adapters/vault/vault.hpp>
#include <certledger/domain/commands.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/product.hpp>
#include <certledger/events/result.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace certledger::engine {

/// Durability: what was put is kept once commit() has succeeded, before the log names it; what the log never
/// comes to name is left over and harmless, as no two things ever go under one name. Threads: one.
class Secrets {
  public:
    using OpenVault = std::function<Result<adapters::vault::Vault*>()>;

    /// `open_vault` gives the same vault each time; it is asked when a secret is first needed.
    Secrets(OpenVault open_vault, std::function<std::string()> new_name);

    /// A digest that tells nothing about its input to those without the vault (HMAC-SHA-256).
    [[nodiscard]] Result<events::Digest> keyed_digest(std::span<const std::uint8_t> content);

    /// Makes a key pair for a certificate; gives the SHA-256 of its SubjectPublicKeyInfo.
    [[nodiscard]] Result<events::Digest> make_key(events::KeyAlgorithm algorithm,
                                                  const events::CertificateId& certificate);

    /// Keeps a key that came with an upload. `key_sha256` is the digest that the certificate gives.
    [[nodiscard]] Result<void> keep_key(std::string_view pem, const events::Digest& key_sha256,
                                        const events::CertificateId& certificate);

    /// A certificate's key by the digest of its public half; none when it was never kept here.
    [[nodiscard]] Result<std::optional<adapters::SecretBytes>> key(const events::CertificateId& certificate,
                                                                   const events::Digest& key_sha256) const;

    /// Seals personal data of a certificate's application under a key of its own.
    [[nodiscard]] Result<events::Sealed> seal(const events::CertificateId& certificate, std::string_view kind,
                                              events::Bytes content);

    /// Makes everything put since the last commit durable.
    [[nodiscard]] Result<void> commit();
    /// Forgets what was put since the last commit.
    void abandon();

  private:
    OpenVault open_vault_;
    std::function<std::string()> new_name_;
    std::optional<adapters::SecretBytes> digest_key_;  ///< Derived when it is first needed.
    bool staged_ = false;
};

}  // namespace certledger::engine
