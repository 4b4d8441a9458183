// Role: who runs the program, and randomness from the operating system.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace certledger::adapters::system {

/// The login name of the effective user as the user database has it; `user-<number>` when it has none. At
/// most 128 octets of printable ASCII, so that it can stand as the actor of an event. Thread-safe.
[[nodiscard]] std::string login_name();

/// Fills the octets from the operating system's generator, good for keys. Thread-safe.
void fill_random(std::span<std::uint8_t> octets);

}  // namespace certledger::adapters::system
