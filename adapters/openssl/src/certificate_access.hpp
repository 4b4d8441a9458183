// Role: inside this module, facts of a certificate that is parsed already.
#pragma once

#include <certledger/adapters/openssl/certificate.hpp>

#include "handles.hpp"

namespace certledger::adapters::openssl {

[[nodiscard]] Result<CertificateFacts> certificate_facts(const X509* certificate);

}  // namespace certledger::adapters::openssl
