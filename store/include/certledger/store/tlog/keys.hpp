// Role: the keys of signed notes (C2SP signed-note, tlog-cosignature): verifier keys and signers, Ed25519
// only.
//
// Threads: VerifierKey is a value; a Signer may sign from several threads at once.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::store::tlog {

/// What a key signs with. The codes are those of the specification.
enum class KeyType : std::uint8_t {
    ed25519 = 0x01,      ///< Ed25519 over the note's text: a log.
    cosignature = 0x04,  ///< cosignature/v1: Ed25519 over the time and the note's text: a witness.
};

/// Is the name fit for a key or an origin: UTF-8, 1 to `longest` bytes, no white space, no control character,
/// no
/// '+'? invalid_input, naming the rule, if not. The specification knows no greatest length; 255 is ours for
/// keys.
[[nodiscard]] Result<void> check_key_name(std::string_view name, std::size_t longest = 255);

/// A public key with its name, type and id. Always consistent: the id is computed, never taken.
class VerifierKey {
  public:
    using PublicKey = std::array<std::uint8_t, 32>;

    /// invalid_input: the name breaks the rules.
    [[nodiscard]] static Result<VerifierKey> make(std::string_view name, KeyType type, const PublicKey& key);

    /// Reads `<name>+<8 hex digits>+<base64(type || key)>`, nothing before or after. invalid_input:
    /// malformed, a type other than 0x01 or 0x04, or an id that is not the one of name and key.
    [[nodiscard]] static Result<VerifierKey> parse(std::string_view text);

    /// The form that `parse` reads, digits in lower case.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] KeyType type() const { return type_; }
    [[nodiscard]] const PublicKey& public_key() const { return key_; }
    /// First four octets of SHA-256(name || 0x0A || type || public key), big-endian.
    [[nodiscard]] std::uint32_t id() const { return id_; }

    /// Checks the signature bytes of a note's signature line (behind the key id) over the note's text. Gives
    /// the time of a cosignature in seconds since 1970, nothing for a plain signature. Damaged: wrong length,
    /// a time above 2^63 - 1, or not this key's signature of this text.
    [[nodiscard]] Result<std::optional<std::uint64_t>> verify(std::string_view text,
                                                              std::span<const std::uint8_t> signature) const;

    friend bool operator==(const VerifierKey&, const VerifierKey&) = default;

  private:
    VerifierKey() = default;

    std::string name_;
    KeyType type_ = KeyType::ed25519;
    PublicKey key_{};
    std::uint32_t id_ = 0;
};

/// A private key. Key material lives in OpenSSL's key object only, which wipes it when it goes; the seed
/// given in stays the caller's to wipe. Never printed, never serialised.
class Signer {
  public:
    static constexpr std::size_t seed_bytes = 32;

    /// From the 32-octet Ed25519 private key of RFC 8032. invalid_input: the name breaks the rules, or the
    /// seed has another length.
    [[nodiscard]] static Result<Signer> from_seed(std::string_view name, KeyType type,
                                                  std::span<const std::uint8_t> seed);

    Signer(Signer&&) noexcept;
    Signer& operator=(Signer&&) noexcept;
    ~Signer();

    [[nodiscard]] const VerifierKey& verifier() const;

    /// The bytes behind the key id in a signature line. For a log's key: `time` must be empty; for a witness:
    /// the time in seconds since 1970, at most 2^63 - 1 (else contract violation).
    [[nodiscard]] Bytes sign(std::string_view text, std::optional<std::uint64_t> time = std::nullopt) const;

  private:
    struct Impl;
    explicit Signer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::store::tlog
