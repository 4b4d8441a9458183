// Role: which proof an issue lacks: the rule of decide(), by itself for those who ask about it under other
// terms.
#pragma once

#include <certledger/domain/state.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace certledger::domain {

/// What the level asks for and the certificate cannot show at the instant of issue: every name validated
/// (dv), the organisation verified and the mail confirmed (ov, ev), an address validated by itself. A proof
/// counts for `reuse_days` of 86,400 s, boundary included (BR section 4.2.1). Says what is missing; nothing
/// when nothing is.
[[nodiscard]] std::optional<std::string> missing_proof(const CertificateState& state, Instant issue,
                                                       std::int64_t reuse_days);

}  // namespace certledger::domain
