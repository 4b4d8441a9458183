// Role: the text form of a deployment target: `nginx:/etc/nginx/tls/example.com`.
#pragma once

#include <certledger/events/result.hpp>
#include <string>
#include <string_view>

namespace certledger::adapters::deploy {

struct Target {
    std::string kind;  ///< `nginx`, `apache` …: lower-case letters, digits, hyphens.
    /// Absolute, without a slash at the end, empty parts or `.`: one folder has one text, as far as the text
    /// alone tells.
    std::string path;

    /// What parse_target() reads as this target.
    [[nodiscard]] std::string text() const { return kind + ":" + path; }
};

/// invalid_input: no colon, a malformed kind, or a path that is relative, over 4,000 octets, or holds control
/// characters or `..`.
[[nodiscard]] Result<Target> parse_target(std::string_view text);

}  // namespace certledger::adapters::deploy
