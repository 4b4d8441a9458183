// Role: the text form of a deployment target: `nginx:/etc/nginx/tls/example.com`.
#pragma once

#include <certledger/events/result.hpp>
#include <string>
#include <string_view>

namespace certledger::adapters::deploy {

struct Target {
    std::string kind;  ///< `nginx`, `apache` …: lower-case letters, digits, hyphens.
    std::string path;  ///< Absolute, without a slash at the end.
};

/// invalid_input: no colon, a malformed kind, or a path that is relative, begins with two slashes, is over
/// 4,000 octets, or holds control characters or `..`.
[[nodiscard]] Result<Target> parse_target(std::string_view text);

}  // namespace certledger::adapters::deploy
