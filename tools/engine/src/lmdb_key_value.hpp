// Role: the vault's sorted values in an LMDB environment of their own.
#pragma once

#include <certledger/adapters/vault/key_value.hpp>
#include <filesystem>
#include <memory>

namespace certledger::engine {

/// Durability: what apply() has returned survives a power cut. Errors as in store::lmdb::Environment::open.
[[nodiscard]] Result<std::unique_ptr<adapters::vault::KeyValue>> open_lmdb_key_value(
    const std::filesystem::path& file, bool read_only);

}  // namespace certledger::engine
