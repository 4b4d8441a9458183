// Role: requests for one certificate with everything filled in, and certificates brought to a given point:
// the alphabet of the exhaustive tests.
#pragma once

#include "model/request.hpp"

namespace certledger::testing {

/// A command with a name to show; `make` fills in what it needs.
struct Letter {
    std::string name;
    model::Request request;
};

/// 2026-01-01T00:00:00Z, where every scene begins.
inline constexpr std::int64_t kBegin = 20'454 * model::kDay;
/// When certificates of the scenes are issued, and how long they are valid.
inline constexpr std::int64_t kIssued = kBegin + 10 * model::kDay;
inline constexpr std::int64_t kNotAfter = kIssued + 90 * model::kDay;

/// A command on the certificate `k` of the account `default`, complete and valid in itself.
[[nodiscard]] model::Request on_k(const std::string& command, std::int64_t at,
                                  const std::string& outcome = "");

/// Commands that bring `k` into being. `way`: dv, ov, quota, free, upload, upload-key.
[[nodiscard]] std::vector<model::Request> birth(const std::string& way);

/// Every command in a few variants, at the instant.
[[nodiscard]] std::vector<Letter> every_command(std::int64_t at);

}  // namespace certledger::testing
