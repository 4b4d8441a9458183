// Role: names of tiles and entry bundles in a directory or under an HTTP prefix (C2SP tlog-tiles).
#pragma once

#include <certledger/events/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certledger::store::tlog {

/// Names a tile of hashes (`level` set) or a bundle of entries (`level` empty).
struct TilePath {
    std::optional<unsigned> level;  ///< 0 to 63.
    std::uint64_t index = 0;
    unsigned width = 256;  ///< 1 to 256; below 256 the name ends in `.p/<width>`.

    friend bool operator==(const TilePath&, const TilePath&) = default;
};

/// `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; index 1234067 is written x001/x234/067. A level or a
/// width outside its range is a contract violation.
[[nodiscard]] std::string format_tile_path(const TilePath& path);

/// Reads exactly what `format_tile_path` writes; invalid_input for anything else (superfluous zeros, wrong
/// widths, an index above 2^64 - 1, a leading slash).
[[nodiscard]] Result<TilePath> parse_tile_path(std::string_view text);

}  // namespace certledger::store::tlog
