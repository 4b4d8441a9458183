// Role: where a validation file lies on a web server (BR section 3.2.2.4.18, RFC 8555 section 8.3).
#pragma once

#include <string>
#include <string_view>

namespace certledger::adapters::http {

enum class ChallengeFolder {
    pki_validation,  ///< `/.well-known/pki-validation/`: what CAs ask for outside of ACME
    acme_challenge,  ///< `/.well-known/acme-challenge/`
};

/// Letters, digits, `-`, `_`, `.`; 1 to 128 of them, not beginning with a dot.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// The folder followed by the token.
[[nodiscard]] std::string challenge_path(ChallengeFolder folder, std::string_view token);

/// The token of a path in either folder; empty for any other path.
[[nodiscard]] std::string_view token_of(std::string_view path) noexcept;

/// A Host header or host name as it is compared: lower case, without port, brackets and trailing dot.
[[nodiscard]] std::string normal_host(std::string_view host);

}  // namespace certledger::adapters::http
