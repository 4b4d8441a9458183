// Role: makes a ledger out of an export (`log export`): the same positions, octets and root.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/event_store.hpp>
#include <cstdint>
#include <functional>
#include <string>

namespace certledger::audit {

/// Reads records as JSON Lines from a file (`-`: standard input) into a new ledger at `ledger`, where nothing
/// or an empty folder is. Each line's leaf hash, where it has one, must be that of the octets made from it,
/// and the first record one of a ledger. The result is the tree. Its log must be given a new origin before it
/// can be signed. invalid_input names the line and the rule, and leaves nothing behind; outside: file or
/// disk.
[[nodiscard]] Result<store::TreeHead> import_log(
    const std::string& ledger, const std::string& file,
    const std::function<void(std::uint64_t lines)>& progress = {});

}  // namespace certledger::audit
