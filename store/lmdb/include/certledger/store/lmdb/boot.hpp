// Role: which boot of the system this is. What was written in it and not synced is whole as long as it lasts.
#pragma once

#include <certledger/events/uuid.hpp>
#include <optional>

namespace certledger::store::lmdb {

/// Nothing where the system does not tell: then no boot is like another. Threads: any.
[[nodiscard]] std::optional<events::Uuid> this_boot();

}  // namespace certledger::store::lmdb
