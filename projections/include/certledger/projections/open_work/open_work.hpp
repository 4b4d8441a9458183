// Role: what was begun and has no answer yet: the work list of whoever carries things out.
#pragma once

#include <certledger/events/event_types.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/instant.hpp>
#include <string>

namespace certledger::projections {

/// One beginning without its end.
struct OpenWork {
    events::AccountId account;
    events::CertificateId certificate;
    /// What began it: application-submitted, deployment-started or revocation-requested.
    events::EventType begun = events::EventType::application_submitted;
    std::string target;  ///< Of a deployment.
    events::Instant since;
    std::uint64_t version = 0;  ///< Of the certificate's stream: another one, and it may stand otherwise.

    friend bool operator==(const OpenWork&, const OpenWork&) = default;
};

}  // namespace certledger::projections
