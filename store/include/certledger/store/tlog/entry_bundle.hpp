// Role: bundles of up to 256 records as the tiled log publishes them (C2SP tlog-tiles, log entries): each
// record after its length as two octets, big-endian.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <span>
#include <vector>

namespace certledger::store::tlog {

inline constexpr std::size_t largest_entry = 65535;

/// Adds one record to the bundle. invalid_input, with the bundle unchanged: longer than 65,535 bytes.
[[nodiscard]] Result<void> append_entry(events::Bytes& bundle, std::span<const std::uint8_t> record);

/// The records of a bundle of exactly `width` (1 to 256), as views into `bundle`. Damaged: too few or too
/// many records, or a length that runs over the end.
[[nodiscard]] Result<std::vector<std::span<const std::uint8_t>>> split_entry_bundle(
    std::span<const std::uint8_t> bundle, std::size_t width);

}  // namespace certledger::store::tlog
