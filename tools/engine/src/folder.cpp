// Ledgers that are folders: what is a ledger, and where its parts are.
#include <certledger/events/contract.hpp>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <filesystem>

#include "genesis.hpp"
#include "lmdb_key_value.hpp"

namespace certledger::engine {
namespace {

namespace fs = std::filesystem;

enum class Place {
    nothing,  ///< There is nothing, or an empty folder.
    ledger,
};

tl::unexpected<Error> cannot_look(const std::string& path, const std::error_code& why) {
    return fail(ErrorKind::outside, "ledger " + path + ": " + why.message());
}

/// Whether there was a ledger: these are made only when its log has its first records.
bool has_traces(const fs::path& folder) {
    std::error_code why;
    return fs::exists(folder / "checkpoint", why) || fs::exists(folder / "checkpoints", why) ||
           fs::exists(folder / "vault" / "vault.mdb", why) || fs::exists(folder / "views" / "views.mdb", why);
}

tl::unexpected<Error> log_is_gone(const std::string& path) {
    return fail(ErrorKind::damaged, "ledger " + path +
                                        ": its log is missing or empty, but not what is made after it; put "
                                        "the log back, or restore a backup elsewhere");
}

/// What stands at the path. invalid_input: something that is neither a ledger nor empty. damaged: what is
/// left of a ledger without its log.
Result<Place> look_at(const std::string& path) {
    if (auto good = Ledger::check_url(path); !good) return tl::make_unexpected(good.error());
    std::error_code why;
    const auto status = fs::status(path, why);
    if (status.type() == fs::file_type::not_found) return Place::nothing;
    if (why) return cannot_look(path, why);
    if (!fs::is_directory(status))
        return fail(ErrorKind::invalid_input, "ledger " + path + ": it is no folder");
    const bool log = fs::is_directory(fs::path(path) / "log", why);
    if (why && why != std::errc::no_such_file_or_directory) return cannot_look(path, why);
    if (log) return Place::ledger;
    const bool empty = fs::is_empty(path, why);
    if (why) return cannot_look(path, why);
    if (empty) return Place::nothing;
    // Another process may have made it between the two looks; the log is what it makes first.
    if (fs::is_directory(fs::path(path) / "log", why)) return Place::ledger;
    if (has_traces(path)) return log_is_gone(path);
    return fail(ErrorKind::invalid_input, "ledger " + path + ": the folder holds other things and no log/");
}

Result<std::unique_ptr<store::EventStore>> open_log(const fs::path& folder, Place place,
                                                    const LedgerOptions& options) {
    store::lmdb::LmdbStoreOptions wanted;
    wanted.keys_of = &record_keys;
    wanted.read_only = options.read_only;
    auto log = store::lmdb::LmdbStore::open(folder, wanted);
    // A folder without a log's file is what is left when somebody was interrupted while making one.
    const auto missing = [&log] { return !log && log.error().kind == ErrorKind::not_found; };
    if (missing() && has_traces(folder.parent_path())) {
        // Another process may have made it in between, and what comes after it.
        log = store::lmdb::LmdbStore::open(folder, wanted);
        if (missing()) return log_is_gone(folder.parent_path().string());
    }
    if (missing() && !options.read_only && (place == Place::nothing || options.create_if_missing)) {
        log = store::lmdb::LmdbStore::create(folder, wanted);
        // Another process may have made it in between.
        if (!log && log.error().kind == ErrorKind::invalid_input)
            log = store::lmdb::LmdbStore::open(folder, wanted);
    }
    if (!log) return tl::make_unexpected(log.error());
    return std::unique_ptr<store::EventStore>(std::move(*log));
}

/// Views and vault are opened later than the log: where the folder was taken away meanwhile, nothing is begun
/// in its place.
Result<void> still_there(const fs::path& folder) {
    std::error_code why;
    if (fs::exists(folder / "log" / "data.mdb", why)) return {};
    return fail(ErrorKind::outside, "ledger " + folder.string() + ": its log is no longer there");
}

Result<Assembly> assembly_of(const std::string& path, Place place, const LedgerOptions& options) {
    const fs::path folder(path);
    Assembly assembly;
    auto log = open_log(folder / "log", place, options);
    if (!log) return tl::make_unexpected(log.error());
    assembly.log = std::move(*log);
    assembly.open_rows = [folder, read_only = options.read_only](
                             bool to_rebuild) -> Result<std::unique_ptr<projections::RowStore>> {
        // Whoever must not write folds what is asked for in memory.
        if (read_only)
            return std::unique_ptr<projections::RowStore>(std::make_unique<projections::MemoryRowStore>());
        if (auto there = still_there(folder); !there) return tl::make_unexpected(there.error());
        using projections::lmdb::LmdbRowStore;
        auto rows = LmdbRowStore::open(folder / "views",
                                       to_rebuild ? LmdbRowStore::Look::all : LmdbRowStore::Look::small);
        if (!rows) return tl::make_unexpected(rows.error());
        return std::unique_ptr<projections::RowStore>(std::move(*rows));
    };
    const fs::path vault = folder / "vault";
    assembly.open_secrets = [folder, vault,
                             read_only =
                                 options.read_only]() -> Result<std::unique_ptr<adapters::vault::KeyValue>> {
        if (auto there = still_there(folder); !there) return tl::make_unexpected(there.error());
        return open_lmdb_key_value(vault / "vault.mdb", read_only);
    };
    assembly.key_file = (vault / "master.key").string();
    assembly.path = path;
    return assembly;
}

/// Before anything is made: what the options say of it must hold.
Result<void> check_new(const LedgerOptions& options) {
    if (options.now && !options.simulated_time) {
        return fail(ErrorKind::invalid_input,
                    "--now is taken only for a ledger that is made with --simulated-time");
    }
    return check_genesis(options);
}

}  // namespace

Result<void> Ledger::check_url(const std::string& path) {
    if (path.empty()) return fail(ErrorKind::invalid_input, "the ledger's path is empty");
    if (path.starts_with("postgres://") || path.starts_with("postgresql://")) {
        return fail(ErrorKind::invalid_input,
                    "ledgers in PostgreSQL are not available in this build; give a folder");
    }
    if (const auto colon = path.find("://"); colon != std::string::npos && path.find('/') > colon) {
        return fail(ErrorKind::invalid_input,
                    "ledger " + path + ": " + path.substr(0, colon) + " is unknown; give a folder");
    }
    return {};
}

bool Ledger::exists(const std::string& url) {
    const auto place = look_at(url);
    // What is left of one says so when it is opened.
    return place ? *place == Place::ledger : place.error().kind == ErrorKind::damaged;
}

Result<Ledger> Ledger::create(const std::string& url, const LedgerOptions& options) {
    const auto place = look_at(url);
    if (!place) return tl::make_unexpected(place.error());
    if (auto good = check_new(options); !good) return tl::make_unexpected(good.error());
    auto assembly = assembly_of(url, *place, options);
    if (!assembly) return tl::make_unexpected(assembly.error());
    if (assembly->log->head().position > 0) {
        return fail(ErrorKind::invalid_input, "ledger " + url + ": there is one already");
    }
    return assemble(std::move(*assembly), options);
}

Result<Ledger> Ledger::open(const std::string& url, const LedgerOptions& options) {
    const auto place = look_at(url);
    if (!place) return tl::make_unexpected(place.error());
    if (*place == Place::nothing) {
        if (!options.create_if_missing || options.read_only) {
            return fail(ErrorKind::not_found, "ledger " + url + ": there is none");
        }
        if (auto good = check_new(options); !good) return tl::make_unexpected(good.error());
    }
    auto assembly = assembly_of(url, *place, options);
    if (!assembly) return tl::make_unexpected(assembly.error());
    return assemble(std::move(*assembly), options);
}

store::lmdb::LmdbStore* Ledger::folder_log() noexcept {
    return dynamic_cast<store::lmdb::LmdbStore*>(&store());
}

}  // namespace certledger::engine
