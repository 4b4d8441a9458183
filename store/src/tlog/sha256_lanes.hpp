// Role: SHA-256 (FIPS 180-4) by the processor's own instructions, one or two messages at a time, for messages
// that begin with an octet of their own as the tree's do. Two go through the unit in the time of little more
// than one, because each step of one message has to wait for the step before it.
//
// hash.cpp asks for it where the processor has it; everywhere else OpenSSL hashes. The tests hold both
// against each other.
#pragma once

#include <certledger/events/digest.hpp>
#include <cstdint>
#include <span>

namespace certledger::store::tlog {

/// A message: the octet, then the others.
struct Prefixed {
    std::uint8_t prefix = 0;
    std::span<const std::uint8_t> octets;
};

/// Whether this processor can; the functions below must not be called where it cannot.
[[nodiscard]] bool sha256_lanes_usable() noexcept;

[[nodiscard]] events::Digest sha256_one(Prefixed message) noexcept;

/// The digest of each message to where its pointer leads.
void sha256_two(const Prefixed (&messages)[2], events::Digest* const (&digests)[2]) noexcept;

}  // namespace certledger::store::tlog
