// Role: what the stream of a certificate says of the application in force, of the certificate itself and of a
// deployment, beyond the folded state: keys, sealed data, tokens, octets, ids.
#pragma once

#include <certledger/events/events.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <map>
#include <optional>
#include <string>

namespace certledger::workflow {

struct ApplicationRecord {
    events::ApplicationSubmitted submitted;
    events::Uuid id;                            ///< Of the event.
    std::map<std::string, std::string> tokens;  ///< Of its challenges, by name; the last one counts.
    bool issuance_intended = false;             ///< And neither issued nor failed since.
};

/// not_found: no application was ever submitted.
[[nodiscard]] Result<ApplicationRecord> read_application(const engine::Ledger& ledger,
                                                         const events::CertificateId& id);

struct CertificateRecord {
    events::Bytes der;  ///< Empty when only the facts were given.
    std::string issuer;
};

/// not_found: it was neither issued nor uploaded.
[[nodiscard]] Result<CertificateRecord> read_certificate_record(const engine::Ledger& ledger,
                                                                const events::CertificateId& id);

/// The event that announced the newest deployment to a target. not_found: there is none.
[[nodiscard]] Result<events::Uuid> read_deployment_start(const engine::Ledger& ledger,
                                                         const events::CertificateId& id,
                                                         const std::string& target);

/// The token in the challenge that an answer speaks of.
[[nodiscard]] Result<std::string> token_of(const engine::Ledger& ledger, const engine::Answer& answer);

}  // namespace certledger::workflow
