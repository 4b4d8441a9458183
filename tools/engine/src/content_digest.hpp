// Role: the digest by which a command that comes again is told from another one with the same id (rulings
// 14).
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/instant.hpp>
#include <optional>

#include "secrets.hpp"

namespace certledger::engine {

/// A command's content in one encoding: its type and fields as parsed, and `occurred_at` when it was given.
/// Personal members (contact, company, a private key) enter through a keyed digest, so that what is stored
/// cannot be searched for them.
struct Content {
    events::CommandDigest digest{};
    std::size_t octets = 0;  ///< Length of the encoding: what the command weighs.
};

/// Errors are those of the vault.
[[nodiscard]] Result<Content> content_of(const domain::Command& command,
                                         const std::optional<events::Instant>& occurred_at, Secrets& secrets);

}  // namespace certledger::engine
