// Role: the embedded authority of one ledger: its keys in the vault, its certificates, what it signs and
// revokes.
#pragma once

#include <certledger/adapters/openssl/embedded_ca.hpp>
#include <certledger/events/result.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::workflow {

/// Durability: made and kept in the ledger's vault before anything is signed. Threads: one. Lifetime: does
/// not need the ledger after open().
class Authority {
  public:
    /// Takes the authority out of the vault; makes one there, valid from `now`, when there is none. `name`
    /// becomes its organisation. damaged: what the vault holds does not fit together.
    [[nodiscard]] static Result<Authority> open(engine::Ledger& ledger, std::string_view name,
                                                events::Instant now);

    /// The authority in the vault; none when nothing was ever signed here.
    [[nodiscard]] static Result<std::optional<Authority>> find(engine::Ledger& ledger);

    [[nodiscard]] const adapters::openssl::EmbeddedCa& ca() const noexcept { return ca_; }
    /// Subject of the issuing CA, as certificates that it signed name their issuer.
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }

  private:
    Authority(adapters::openssl::EmbeddedCa ca, std::string subject)
        : ca_(std::move(ca)), subject_(std::move(subject)) {}

    adapters::openssl::EmbeddedCa ca_;
    std::string subject_;
};

/// The revocation list of the authority, PEM, made from the ledger's views: every revoked certificate that it
/// issued and that has not expired at `now`, of all accounts. Reads every row. The number is the log's
/// position, so it grows as RFC 5280 section 5.2.3 asks; the next list is due after so many days.
[[nodiscard]] Result<std::string> revocation_list(engine::Ledger& ledger, const Authority& authority,
                                                  events::Instant now, std::int64_t days = 7);

}  // namespace certledger::workflow
