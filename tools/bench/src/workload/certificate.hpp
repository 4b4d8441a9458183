// Role: certificates that read as such, for uploads: the log must hold what it says of them.
#pragma once

#include <certledger/events/certificate_events.hpp>

#include "workload/random.hpp"

namespace certledger::bench {

/// The event of an upload, with a certificate (RFC 5280) of these names and validity in it. Its key is made
/// up and its signature is none: nobody who takes it in checks one. not_before from 1950, not_after up to
/// 2049, both at whole seconds.
[[nodiscard]] events::CertificateUploaded make_upload(Random& random,
                                                      const std::vector<events::DomainName>& names,
                                                      events::Instant not_before, events::Instant not_after);

}  // namespace certledger::bench
