// Role: the certificate authority inside the program, for demo, tests and private use: one root, one issuing
// CA.
#pragma once

#include <certledger/adapters/openssl/key.hpp>
#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/events/digest.hpp>
#include <certledger/events/enums.hpp>
#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::adapters::openssl {

/// The organisation in the subject of an ov or ev certificate (BR section 7.1.2.7.4, EV guidelines
/// section 9.2).
struct SubjectOrganization {
    std::string name;          ///< Cut to 64 characters, the limit of RFC 5280 appendix A.
    std::string country;       ///< Two letters.
    std::string registration;  ///< ev: becomes serialNumber.
    std::string locality;      ///< Cut to 128 characters; may be empty.
};

struct LeafRequest {
    events::Bytes spki;  ///< Public key, from PrivateKey::facts() or CsrFacts::key.
    std::vector<std::string> dns_names;
    std::vector<std::string> ip_names;
    events::Level level = events::Level::dv;
    std::optional<SubjectOrganization> organization;  ///< Needed by ov and ev, left out for dv.
    events::Instant not_before;                       ///< Whole seconds count.
    events::Instant not_after;                        ///< Included in the validity.
    std::string crl_url;                              ///< Empty: no CRL distribution point.
    events::Bytes
        serial;  ///< Big-endian; empty: 126 random bits. The caller gives one to make issuing repeatable.
};

struct RevokedEntry {
    std::string serial;  ///< Hexadecimal.
    events::Instant at;
    events::RevocationReason reason = events::RevocationReason::unspecified;
};

/// All that the authority is. The keys belong into the vault.
struct CaState {
    std::string root_pem;
    std::string intermediate_pem;
    SecretBytes root_key;          ///< PKCS#8 DER
    SecretBytes intermediate_key;  ///< PKCS#8 DER
};

/// Holds the keys in memory for its whole life. Not thread-safe; calls take well under a millisecond.
/// Certificates follow RFC 5280 and the CA/Browser Forum's profiles (BR section 7.1.2); no OCSP.
class EmbeddedCa {
  public:
    /// Makes a new authority: root P-384 for 20 years, issuing CA P-256 for 10 years with path length 0, both
    /// valid from `now`. `name` becomes organisation and common names; at most 40 characters, not empty.
    [[nodiscard]] static Result<EmbeddedCa> create(std::string_view name, events::Instant now);
    /// Takes up a stored authority. damaged: a certificate or key does not parse, or they do not belong
    /// together.
    [[nodiscard]] static Result<EmbeddedCa> load(const CaState& state);

    EmbeddedCa(EmbeddedCa&&) noexcept;
    EmbeddedCa& operator=(EmbeddedCa&&) noexcept;
    ~EmbeddedCa();

    [[nodiscard]] CaState state() const;
    [[nodiscard]] const std::string& root_pem() const noexcept;
    [[nodiscard]] const std::string& intermediate_pem() const noexcept;
    [[nodiscard]] events::Bytes intermediate_der() const;

    /// Signs a server certificate, DER. invalid_input: a weak key, no name, a name over its limits, an
    /// organisation that is missing, not_after before not_before, or a validity outside that of the issuing
    /// CA.
    [[nodiscard]] Result<events::Bytes> issue(const LeafRequest& request) const;

    /// Signs the issuing CA's revocation list, PEM. One entry per serial: the first one given counts.
    /// invalid_input: a serial that is no hexadecimal number, or next_update not after this_update.
    [[nodiscard]] Result<std::string> make_crl(const std::vector<RevokedEntry>& entries,
                                               events::Instant this_update, events::Instant next_update,
                                               std::uint64_t number) const;

  private:
    struct Impl;
    explicit EmbeddedCa(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::adapters::openssl
