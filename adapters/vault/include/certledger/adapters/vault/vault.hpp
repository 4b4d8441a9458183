// Role: keeps secrets: private keys, the authority's keys, the log's signing key, and the keys under which
// personal data is sealed. Everything is stored under AES-256-GCM with the master key; nothing ever stands in
// the clear.
//
// Stored value: format octet (1), nonce (12 random octets), ciphertext, tag (16). The entry's name and the
// format are authenticated along, so that a value moved to another name does not open.
#pragma once

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/adapters/vault/key_value.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::vault {

/// Names of entries. Ids are taken as they are; together at most 200 octets of printable ASCII.
namespace entry {
[[nodiscard]] std::string private_key(std::string_view certificate);  ///< PKCS#8 DER
inline constexpr const char* kLogSigningSeed = "log/signing-seed";
inline constexpr const char* kCaRootKey = "ca/root-key";
inline constexpr const char* kCaRootCertificate = "ca/root-certificate";
inline constexpr const char* kCaIntermediateKey = "ca/intermediate-key";
inline constexpr const char* kCaIntermediateCertificate = "ca/intermediate-certificate";
}  // namespace entry

/// Thread-safe. Writes are collected and become durable together in commit(); reads see them at once. Whoever
/// appends an event that speaks of a secret commits the vault first.
class Vault {
  public:
    /// Opens the vault over a store with the master key (32 octets); a new store is marked with a check
    /// entry, durable on return. invalid_input: not the key that this vault was made with. The store must
    /// outlive the vault.
    [[nodiscard]] static Result<Vault> open(KeyValue& store, const SecretBytes& master_key);
    /// The same with the key from `environment_value` (of CERTLEDGER_MASTER_KEY) when it is given, else from
    /// the file, which is made for a new store only: a lost key file is not replaced by a wrong one
    /// (not_found).
    [[nodiscard]] static Result<Vault> open(KeyValue& store, const std::string& key_file,
                                            std::optional<std::string_view> environment_value);

    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;
    ~Vault();

    /// Collects a secret of at most 1 MiB under a name; the last one for a name counts.
    void put(const std::string& name, std::span<const std::uint8_t> secret);
    /// Collects the removal of a name.
    void erase(const std::string& name);
    /// Makes all that was collected durable, by whatever thread. On an error it stays collected.
    [[nodiscard]] Result<void> commit();
    /// Forgets what was collected and not committed.
    void discard();

    /// The secret, or none. damaged: what is stored does not open.
    [[nodiscard]] Result<std::optional<SecretBytes>> get(const std::string& name) const;
    [[nodiscard]] Result<bool> contains(const std::string& name) const;
    /// Opens every entry, and says how many there are. damaged: one does not open; it is named.
    [[nodiscard]] Result<std::size_t> verify() const;

    /// Personal data: seals it under the key of its data subject, which is made (collected, not committed) on
    /// first use. The result stands in events: nonce, ciphertext, tag.
    [[nodiscard]] Result<events::Bytes> seal(std::string_view subject, std::span<const std::uint8_t> plain);
    /// not_found: the subject's key was destroyed, or never made. damaged: not what was sealed for this
    /// subject.
    [[nodiscard]] Result<SecretBytes> open_sealed(std::string_view subject,
                                                  std::span<const std::uint8_t> sealed) const;
    /// Collects the removal of the subject's key: after commit() nothing sealed for it can be read again.
    void destroy_subject(std::string_view subject);

    /// A key for one purpose, derived from the master key (RFC 5869): `command-digest` …
    [[nodiscard]] SecretBytes derived_key(std::string_view purpose) const;

  private:
    struct Impl;
    explicit Vault(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::adapters::vault
