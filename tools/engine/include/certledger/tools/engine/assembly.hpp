// Role: the parts that a ledger is put together from, for those who want others than a folder's: tests,
// simulations, what-if runs.
#pragma once

#include <certledger/adapters/system/clock.hpp>
#include <certledger/adapters/vault/key_value.hpp>
#include <certledger/projections/row_store.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <memory>
#include <string>

namespace certledger::engine {

/// Views and vault are opened when they are first needed: a question must not wait for what it does not ask.
struct Assembly {
    std::unique_ptr<store::EventStore> log;  ///< Finds records again by record_keys().
    /// `to_rebuild`: rows that are to be made anew, so that damaged ones are found and thrown away.
    std::function<Result<std::unique_ptr<projections::RowStore>>(bool to_rebuild)> open_rows;
    std::function<Result<std::unique_ptr<adapters::vault::KeyValue>>()> open_secrets;
    std::string key_file;    ///< Of the vault's master key, when the environment holds none.
    std::string master_key;  ///< In its place: 64 hexadecimal digits.
    std::shared_ptr<const adapters::system::Clock> clock;  ///< None: the system's.
    std::string path;                                      ///< For messages.
};

/// Stores in memory and a master key that is made up.
[[nodiscard]] Assembly memory_assembly();

}  // namespace certledger::engine
