// Role: packs the files of a download into one ZIP archive.
#pragma once

#include <certledger/events/instant.hpp>
#include <certledger/events/result.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace certledger::adapters::deploy {

/// One file of an archive; what it points to must live through the call.
struct BundleFile {
    std::string_view name;  ///< No slashes, not empty.
    std::span<const std::uint8_t> bytes;
    bool secret = false;  ///< Unpacked with mode 0600 instead of 0644.
};

/// Takes the archive piece by piece: it may hold keys, so that the caller decides in what memory it stands.
using Sink = std::function<void(std::span<const std::uint8_t>)>;

/// Writes the files in the given order, all with the given time (to two seconds, between 1980 and 2107, else
/// the nearest). The same input gives the same octets. invalid_input: no file, a bad or repeated name.
/// outside: libarchive failed (memory).
[[nodiscard]] Result<void> make_zip(const std::vector<BundleFile>& files, events::Instant time,
                                    const Sink& sink);

}  // namespace certledger::adapters::deploy
