// Role: the log as other people's tools read it: a folder in the layout of C2SP tlog-tiles, to be served as
// it is.
#pragma once

#include <certledger/store/event_store.hpp>
#include <certledger/store/tlog/keys.hpp>
#include <certledger/tools/evidence/evidence.hpp>
#include <filesystem>
#include <functional>

namespace certledger::evidence {

struct ExportedTiles {
    std::uint64_t size = 0;     ///< Records.
    std::uint64_t files = 0;    ///< Tiles and bundles of this tree.
    std::uint64_t written = 0;  ///< Those that were not there yet.
};

using OnExported = std::function<void(std::uint64_t done, std::uint64_t whole)>;

/// Writes the tiles and entry bundles of the checkpoint's tree, then `log.vkey`, last `checkpoint`. A folder
/// that holds an earlier export of the same log is brought up to date; full tiles that are there are
/// compared. damaged: one differs, or the records do not give the checkpoint's root (then no checkpoint is
/// written); outside: the folder cannot be written. Bounded memory.
[[nodiscard]] Result<ExportedTiles> export_tiles(const store::EventStore& log,
                                                 const SignedCheckpoint& checkpoint,
                                                 const store::tlog::VerifierKey& key,
                                                 const std::filesystem::path& folder,
                                                 const OnExported& progress);

}  // namespace certledger::evidence
