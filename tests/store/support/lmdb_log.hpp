// Role: opening the LMDB store in tests, and what must hold of every log.
#pragma once

#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <map>
#include <stdexcept>

#include "records.hpp"

namespace certledger::store::testing {

using lmdb::LmdbStore;
using lmdb::LmdbStoreOptions;

/// Not synced: tests that do not cut the power need no flush.
inline LmdbStoreOptions quick_options() {
    LmdbStoreOptions options;
    options.keys_of = keys_of;
    options.durable = false;
    return options;
}

inline LmdbStoreOptions durable_options() {
    LmdbStoreOptions options = quick_options();
    options.durable = true;
    return options;
}

/// The index is flushed and merged all the time.
inline LmdbStoreOptions small_runs() {
    LmdbStoreOptions options = quick_options();
    options.flush_at = 16;
    options.flush_on_close_at = 4;
    options.index_fan_in = 2;
    return options;
}

inline std::unique_ptr<LmdbStore> created(const std::filesystem::path& folder,
                                          const LmdbStoreOptions& options) {
    auto store = LmdbStore::create(folder, options);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

inline std::unique_ptr<LmdbStore> reopened(const std::filesystem::path& folder,
                                           const LmdbStoreOptions& options) {
    auto store = LmdbStore::open(folder, options);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

/// Reads everything and says what does not hold: positions and versions without gaps, previous, recorded_at,
/// heads of streams, keys, the tree's root. Empty when all does. `reported`: the store itself said so.
inline std::string fault_of(const EventStore& store, bool* reported = nullptr) {
    const auto by_store = [reported](const Error& error) {
        if (reported != nullptr) *reported = true;
        return error.message;
    };
    std::map<std::string, StreamHead> streams;
    std::map<std::string, Position> newest_of_key;
    tlog::RightEdge edge;
    events::Instant recorded = events::kEarliest;
    std::string fault;
    const auto read = store.read_all(
        1, ~std::uint64_t{0}, [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
            StreamHead& head = streams[std::string(record.stream)];
            const std::string at = "position " + std::to_string(record.position);
            if (record.position != edge.size() + 1) fault = at + " follows " + std::to_string(edge.size());
            if (record.version != head.version + 1) fault = at + ": wrong version";
            if (record.previous != head.position) fault = at + ": wrong previous";
            if (record.recorded_at < recorded) fault = at + ": recorded_at goes back";
            head = {record.version, record.position};
            recorded = record.recorded_at;
            edge.append(tlog::leaf_hash(bytes));
            if (!record.command.empty()) newest_of_key[command_key(record.command)] = record.position;
            return fault.empty();
        });
    if (!read) return by_store(read.error());
    if (!fault.empty()) return fault;
    if (store.head().position != edge.size())
        return "the head is at " + std::to_string(store.head().position);
    const auto tree = store.tree_head(edge.size());
    if (!tree) return by_store(tree.error());
    if (tree->root != edge.root()) return "the tree's root is another";
    for (const auto& [stream, head] : streams) {
        const auto found = store.stream_head(stream);
        if (!found || found->version != head.version || found->position != head.position)
            return "stream " + stream + " has another head";
    }
    for (const auto& [key, position] : newest_of_key) {
        Collector collector(1);
        const auto found = store.find(key, collector.visitor());
        if (!found) return by_store(found.error());
        if (collector.positions() != std::vector{position}) return "key " + key + " is not found";
    }
    return {};
}

}  // namespace certledger::store::testing
