// Role: the options that every command takes, before and after its noun.
#pragma once

#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::cli {

enum class ColorMode { automatic, always, never };

/// A point of the log: a position, or a recorded time.
struct PointInLog {
    std::optional<std::uint64_t> position;
    std::optional<events::Instant> time;
};

struct Globals {
    std::string ledger = "./ledger";
    bool json = false;
    std::optional<PointInLog> as_of;
    std::optional<events::Instant> as_at;
    std::string actor;
    std::optional<events::Instant> now;
    std::string account = "default";
    ColorMode color = ColorMode::automatic;
    bool quiet = false;
    bool verbose = false;
    bool wait = true;
};

/// Globals with what the environment and the login say (CERTLEDGER, NO_COLOR).
[[nodiscard]] Globals default_globals();

/// Whether the word is a global that is followed by its value.
[[nodiscard]] bool global_takes_value(std::string_view name);

/// The arguments with every global moved to the front, in their order; what stands behind `--` stays there.
[[nodiscard]] std::vector<std::string> globals_first(const std::vector<std::string>& arguments);

}  // namespace certledger::cli
