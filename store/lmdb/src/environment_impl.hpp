// Role: what environment.cpp and transaction.cpp share. The only header of the house that shows lmdb.h.
#pragma once

#include <lmdb.h>

#include <atomic>
#include <certledger/store/lmdb/environment.hpp>
#include <optional>
#include <vector>

#include "grow_ahead.hpp"
#include "map_gate.hpp"
#include "map_registry.hpp"

namespace certledger::store::lmdb {

/// A reading transaction at rest between uses, with its reader slot and cursors.
struct IdleReader {
    MDB_txn* transaction = nullptr;
    std::vector<std::pair<MDB_dbi, MDB_cursor*>> cursors;

    IdleReader() = default;
    IdleReader(const IdleReader&) = delete;
    IdleReader& operator=(const IdleReader&) = delete;
    ~IdleReader() {
        for (const auto& [database, cursor] : cursors) mdb_cursor_close(cursor);
        if (transaction != nullptr) mdb_txn_abort(transaction);
    }
};

inline constexpr int kFileEnds = -1;  ///< No number of the system.

struct Environment::Impl {
    explicit Impl(EnvironmentOptions given)
        : options(std::move(given)), file_name(options.file.string()), registered(options.file) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl();

    [[nodiscard]] Error error(int code, const char* doing) const;
    /// Begins or renews; takes part in a map that another process has made larger.
    [[nodiscard]] Result<std::unique_ptr<IdleReader>> take_reader();
    [[nodiscard]] Result<void> renew(MDB_txn* transaction);
    void give_back(std::unique_ptr<IdleReader> reader);
    [[nodiscard]] Result<void> resize(std::uint64_t size);
    [[nodiscard]] int open_env(std::uint64_t map_size);
    void find_map();
    [[nodiscard]] Result<unsigned> open_database(const std::string& name, KeyOrder order);
    void check_process() const;
    [[nodiscard]] bool out_of_room(std::uint64_t octets) const;
    [[nodiscard]] std::size_t page_size() const;
    /// Where in the file the pages end that are in use, and behind what this commit can write at most.
    struct Reach {
        std::uint64_t used = 0;
        std::uint64_t end = 0;
    };
    [[nodiscard]] Reach reach_of(const Transaction::State& state) const;
    /// Until nobody writes zeros there.
    void wait_for_filling(std::uint64_t from, std::uint64_t to);
    void before_commit(const Transaction::State& state);
    /// 0, or what the system says of it.
    [[nodiscard]] int write_at(std::uint64_t at, Octets octets);
    /// kFileEnds: before.
    [[nodiscard]] int read_at(std::uint64_t at, std::span<std::uint8_t> octets) const;
    [[nodiscard]] int sync_file();
    /// Lets the flush that comes take the meta page of the commit before along.
    [[nodiscard]] int write_meta_again(std::uint64_t number);
    /// Throws CommitUnknown when it fails.
    void undo(const WriteTransaction::Undo& undo, WriteTransaction& transaction) const;

    const EnvironmentOptions options;
    const std::string file_name;  ///< Of the file, for messages.
    std::string claimed;          ///< What was entered into the list of files that this process has open.
    MDB_env* env = nullptr;
    unsigned forks = 0;  ///< How often the process had been forked off another when it was opened.
    MapGate gate;
    std::mutex databases_mutex;
    std::mutex readers_mutex;
    std::vector<std::unique_ptr<IdleReader>> readers;
    RegisteredMap registered;
    std::optional<GrowAhead> ahead;
    std::atomic<std::uint64_t> map_generation{0};
    std::atomic<std::uintptr_t> map_begin{0};
    std::atomic<std::uintptr_t> map_end{0};
};

struct Transaction::State {
    Environment::Impl& environment;
    MDB_txn* transaction = nullptr;
    std::unique_ptr<IdleReader> reader = nullptr;  ///< In a reading transaction.
    bool map_full = false;
    std::uint64_t octets = 0;               ///< That were put, for an estimate of the room needed.
    std::uint64_t changes = 0;              ///< Puts and erasures.
    WriteTransaction::Undo undo = nullptr;  ///< Something was kept in place.

    void changed(std::size_t put) noexcept {
        octets += put + 32;
        ++changes;
    }
    /// Remembers what the commit loop must know of a failure.
    [[nodiscard]] tl::unexpected<Error> failed(int code, const char* doing) {
        if (code == MDB_MAP_FULL) map_full = true;
        return tl::make_unexpected(environment.error(code, doing));
    }
    /// Where in the file a value stands, or will; nothing: on no pages of its own, or `flags` are not theirs.
    [[nodiscard]] std::optional<std::uint64_t> place_of(Octets value, std::uint16_t flags) const;
    [[nodiscard]] bool within_map(const MDB_val& value) const {
        const auto at = reinterpret_cast<std::uintptr_t>(value.mv_data);
        const std::uintptr_t end = environment.map_end.load(std::memory_order_relaxed);
        if (at < environment.map_begin.load(std::memory_order_relaxed) || at >= end) return true;
        return value.mv_size <= end - at;
    }
};

[[nodiscard]] inline MDB_val value_of(Octets octets) {
    return {octets.size(), const_cast<std::uint8_t*>(octets.data())};
}
[[nodiscard]] inline Octets octets_of(const MDB_val& value) {
    return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

}  // namespace certledger::store::lmdb
