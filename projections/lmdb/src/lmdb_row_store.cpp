#include <algorithm>
#include <cerrno>
#include <certledger/events/contract.hpp>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <system_error>

#include "index_fill.hpp"
#include "loader.hpp"
#include "marker.hpp"
#include "row_writer.hpp"

namespace certledger::projections::lmdb {

using engine::octets_of;

namespace {

/// Below this the rows are made anew faster than a disk is waited for.
constexpr Position kWorthKeeping = 100'000;

/// Octets of a file that Look::small walks through.
constexpr std::uint64_t kSmall = std::uint64_t{1} << 20U;

constexpr const char* kLive = "live";
constexpr std::string_view kScratch = "scratch-";

char other_of(char generation) { return generation == 'a' ? 'b' : 'a'; }

std::string named(char generation, const std::string& what) {
    return std::string(1, generation) + "." + what;
}

char live_generation(const engine::Transaction& transaction, engine::Database meta) {
    return read_text(transaction, meta, kLive) == "b" ? 'b' : 'a';
}

/// What a generation has besides its indexes.
struct Table {
    const char* name;
    engine::KeyOrder order;
    engine::Database Generation::*place;
};
constexpr Table kTables[] = {{"certificates", engine::KeyOrder::integers, &Generation::certificates},
                             {"deleted", engine::KeyOrder::integers, &Generation::deleted},
                             {"filling", engine::KeyOrder::integers, &Generation::filling},
                             {"ids", engine::KeyOrder::octets, &Generation::ids},
                             {"others", engine::KeyOrder::octets, &Generation::others}};

/// `meta`, and what each of the two generations has.
constexpr unsigned kDatabases = 1 + 2 * (std::size(kTables) + std::size(kIndexes));

}  // namespace

struct LmdbRowStore::Shared {
    explicit Shared(Marker held) : marker(std::move(held)) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { close(); }

    /// The databases of a generation; not_found when nobody made them yet.
    Result<Generation> databases(char generation, bool create) {
        const std::lock_guard lock(mutex);
        auto& kept = generations[generation == 'a' ? 0 : 1];
        if (kept) return *kept;
        Generation made;
        for (const auto& [name, order, place] : kTables) {
            auto opened = environment->database(named(generation, name), order, create);
            if (!opened) return tl::make_unexpected(opened.error());
            made.*place = *opened;
        }
        for (const auto index : kIndexes) {
            const auto code = static_cast<std::size_t>(index);
            const auto name = named(generation, "index-" + std::to_string(code));
            auto opened = environment->database(name, engine::KeyOrder::octets, create);
            if (!opened) return tl::make_unexpected(opened.error());
            made.indexes[code] = *opened;
        }
        kept = made;
        return made;
    }

    /// Runs the body with the databases of both generations at hand.
    template <class Body>
    Result<void> write(Body body) {
        for (const char generation : {'a', 'b'}) {
            if (auto made = databases(generation, true); !made) return tl::make_unexpected(made.error());
        }
        {
            const std::lock_guard lock(mutex);
            if (auto done = marker.set_dirty(); !done) return done;
        }
        return environment->write(body);
    }

    /// Those that were opened before.
    std::optional<Generation> known_databases(char generation) {
        const std::lock_guard lock(mutex);
        return generations[generation == 'a' ? 0 : 1];
    }

    /// What a transaction sees of a generation; the live one when none is named.
    struct State {
        char generation = 'a';
        bool readable = false;  ///< Of this program's schema.
        Checkpoint checkpoint;
    };
    State state(const engine::Transaction& transaction, std::optional<char> named_generation) {
        const std::uint64_t id = transaction.id();
        {
            const std::lock_guard lock(mutex);
            if (!named_generation && last_state && last_state->first == id) return last_state->second;
        }
        State state;
        state.generation = named_generation.value_or(live_generation(transaction, meta));
        state.readable = read_text(transaction, meta, named(state.generation, "rows")) == rows_fingerprint();
        if (state.readable) state.checkpoint = read_checkpoint(transaction, meta, state.generation);
        const std::lock_guard lock(mutex);
        if (!named_generation) last_state = {id, state};
        return state;
    }

    void close() noexcept {
        try {
            if (!environment || marker.clean() || !marker.hold_alone()) return;
            {
                auto transaction = environment->read();
                if (!transaction) return;
                if (read_checkpoint(*transaction, meta, live_generation(*transaction, meta)).position <
                    kWorthKeeping)
                    return;
            }
            if (environment->sync()) static_cast<void>(marker.set_clean());
        } catch (const std::exception&) {
            // Not closed cleanly: the marker says so, and the rows can be made anew.
        }
    }

    Marker marker;
    std::unique_ptr<engine::Environment> environment;
    engine::Database meta;
    std::filesystem::path folder;
    std::mutex mutex;
    std::optional<Generation> generations[2];
    /// Of the newest transaction that was looked at: many questions are asked between two commits.
    std::optional<std::pair<std::uint64_t, State>> last_state;
};

namespace {

Result<void> throw_away(const std::filesystem::path& file) {
    std::error_code fault;
    for (const char* end : {"", "-lock"}) {
        std::filesystem::remove(file.string() + end, fault);
        if (fault) return fail(ErrorKind::outside, "views: " + file.string() + ": " + fault.message());
    }
    return {};
}

/// What a process that was killed has left.
void remove_scratch(const std::filesystem::path& folder) {
    std::error_code ignored;
    std::vector<std::filesystem::path> left;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().filename().string().starts_with(kScratch)) left.push_back(entry.path());
    }
    for (const auto& path : left) std::filesystem::remove_all(path, ignored);
}

bool of_another_schema(engine::Environment& environment) {
    const auto meta = environment.database("meta", engine::KeyOrder::octets, false);
    if (!meta) return false;
    try {
        const auto transaction = sure(environment.read());
        const auto rows = read_text(transaction, *meta, named(live_generation(transaction, *meta), "rows"));
        return !rows.empty() && rows != rows_fingerprint();
    } catch (const OutcomeUnknown&) {
        return true;  // Nobody can read it.
    }
}

Result<std::unique_ptr<engine::Environment>> open_environment(const std::filesystem::path& file,
                                                              Marker& marker, LmdbRowStore::Look look) {
    engine::EnvironmentOptions options;
    options.file = file;
    options.durable = false;
    options.databases_max = kDatabases;
    options.check_up_to =
        look == LmdbRowStore::Look::all ? std::numeric_limits<std::uint64_t>::max() : kSmall;
    const bool alone = marker.hold_alone();
    if (alone) remove_scratch(file.parent_path());
    if (alone && marker.suspect()) {
        if (auto gone = throw_away(file); !gone) return tl::make_unexpected(gone.error());
    }
    auto environment = engine::Environment::open(options);
    // Another program's tables would stay in the file for good.
    const bool foreign = environment && alone && of_another_schema(**environment);
    if (foreign) environment->reset();
    if (foreign || (!environment && environment.error().kind == ErrorKind::damaged && alone)) {
        if (auto gone = throw_away(file); !gone) return tl::make_unexpected(gone.error());
        environment = engine::Environment::open(options);
    }
    marker.share();
    return environment;
}

}  // namespace

Result<std::unique_ptr<LmdbRowStore>> LmdbRowStore::open(const std::filesystem::path& folder, Look look) {
    std::error_code fault;
    // No folder above it: where the ledger was taken away, nothing is begun in its place.
    if (std::filesystem::create_directory(folder, fault))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, fault);
    if (fault) return fail(ErrorKind::outside, "views: folder " + folder.string() + ": " + fault.message());
    auto marker = Marker::open(folder / "marker");
    if (!marker) return tl::make_unexpected(marker.error());
    auto environment = open_environment(folder / "views.mdb", *marker, look);
    if (!environment) return tl::make_unexpected(environment.error());
    auto shared = std::make_shared<Shared>(std::move(*marker));
    shared->environment = std::move(*environment);
    shared->folder = folder;
    auto meta = shared->environment->database("meta", engine::KeyOrder::octets, true);
    if (!meta) return tl::make_unexpected(meta.error());
    shared->meta = *meta;
    return std::unique_ptr<LmdbRowStore>(new LmdbRowStore(std::move(shared), std::nullopt));
}

LmdbRowStore::LmdbRowStore(std::shared_ptr<Shared> shared, std::optional<char> generation)
    : shared_(std::move(shared)), generation_(generation) {}

LmdbRowStore::~LmdbRowStore() {
    if (scratch_.empty()) return;
    shared_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(scratch_, ignored);
}

std::shared_ptr<const RowReader> LmdbRowStore::snapshot() const {
    for (;;) {
        char generation = 'a';
        {
            auto transaction = sure(shared_->environment->read());
            const auto state = shared_->state(transaction, generation_);
            if (!state.readable) return nullptr;
            generation = state.generation;
            if (const auto databases = shared_->known_databases(generation))
                return std::make_shared<LmdbRows>(shared_, std::move(transaction), *databases,
                                                  state.checkpoint);
        }
        // Another process may have made this generation: its databases are opened outside of a transaction.
        sure(shared_->databases(generation, false));
    }
}

namespace {

Result<void> put_checkpoint(engine::WriteTransaction& transaction, engine::Database meta, char generation,
                            const Checkpoint& checkpoint) {
    return transaction.put(meta, octets_of(named(generation, "checkpoint")), checkpoint_octets(checkpoint));
}

/// An empty generation of this program's schema.
Result<void> begin(engine::WriteTransaction& transaction, engine::Database meta, char generation,
                   const Generation& databases) {
    for (const auto& table : kTables) {
        if (auto done = transaction.clear(databases.*table.place); !done) return done;
    }
    for (const auto index : kIndexes) {
        if (auto done = transaction.clear(databases.of(index)); !done) return done;
    }
    if (auto done =
            transaction.put(meta, octets_of(named(generation, "rows")), octets_of(rows_fingerprint()));
        !done)
        return done;
    return put_checkpoint(transaction, meta, generation, {});
}

}  // namespace

Result<void> LmdbRowStore::commit(const MemoryRows& changes, Checkpoint expected) {
    return shared_->write([&](engine::WriteTransaction& transaction) -> Result<void> {
        const auto meta = shared_->meta;
        const char generation = generation_.value_or(live_generation(transaction, meta));
        const auto databases = shared_->databases(generation, true);
        if (!databases) return tl::make_unexpected(databases.error());
        if (read_text(transaction, meta, named(generation, "rows")) != rows_fingerprint() ||
            read_checkpoint(transaction, meta, generation) != expected)
            return fail(ErrorKind::conflict, "views: the checkpoint has moved");
        if (auto done = write_changes(transaction, *databases, complete_, changes); !done) return done;
        return put_checkpoint(transaction, meta, generation, changes.checkpoint());
    });
}

Result<void> LmdbRowStore::reset() {
    return shared_->write([&](engine::WriteTransaction& transaction) -> Result<void> {
        const char generation = generation_.value_or(live_generation(transaction, shared_->meta));
        const auto databases = shared_->databases(generation, true);
        if (!databases) return tl::make_unexpected(databases.error());
        return begin(transaction, shared_->meta, generation, *databases);
    });
}

Result<std::unique_ptr<RowStore>> LmdbRowStore::begin_beside() {
    char generation = 'b';
    const auto done = shared_->write([&](engine::WriteTransaction& transaction) -> Result<void> {
        generation = other_of(live_generation(transaction, shared_->meta));
        const auto databases = shared_->databases(generation, true);
        if (!databases) return tl::make_unexpected(databases.error());
        return begin(transaction, shared_->meta, generation, *databases);
    });
    if (!done) return tl::make_unexpected(done.error());
    auto beside = std::unique_ptr<LmdbRowStore>(new LmdbRowStore(shared_, generation));
    beside->complete_ = false;
    return std::unique_ptr<RowStore>(std::move(beside));
}

Result<std::unique_ptr<RowStore>> LmdbRowStore::begin_scratch() {
    std::string name = (shared_->folder / (std::string(kScratch) + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr)
        return fail(ErrorKind::outside,
                    "views: folder " + name + ": " + std::generic_category().message(errno));
    auto scratch = open(name);
    if (!scratch) return tl::make_unexpected(scratch.error());
    (*scratch)->scratch_ = name;
    (*scratch)->complete_ = false;
    if (auto begun = (*scratch)->reset(); !begun) return tl::make_unexpected(begun.error());
    return std::unique_ptr<RowStore>(std::move(*scratch));
}

Result<std::unique_ptr<RowLoader>> LmdbRowStore::begin_load(std::size_t lanes, std::size_t room) {
    CERTLEDGER_CHECK(!complete_);
    const char generation = generation_.value_or('a');
    const auto databases = shared_->databases(generation, true);
    if (!databases) return tl::make_unexpected(databases.error());
    const auto finish = [this, generation](engine::WriteTransaction& transaction, Checkpoint checkpoint) {
        complete_ = true;
        return put_checkpoint(transaction, shared_->meta, generation, checkpoint);
    };
    return std::unique_ptr<RowLoader>(
        std::make_unique<Loader>(*shared_->environment, *databases, shared_->folder, lanes,
                                 std::min(room / lanes, SortedKeys::kLargestRoom), finish));
}

Result<void> LmdbRowStore::complete() {
    if (complete_) return {};
    const auto databases = shared_->databases(generation_.value_or('a'), true);
    if (!databases) return tl::make_unexpected(databases.error());
    SortedKeys keys(shared_->folder);
    {
        const auto rows = snapshot();
        CERTLEDGER_CHECK(rows != nullptr);
        if (auto gathered = gather(*rows, keys); !gathered) return gathered;
    }
    if (auto filled = fill_in_order(*shared_->environment, *databases, keys); !filled) return filled;
    complete_ = true;
    return {};
}

Result<void> LmdbRowStore::adopt(RowStore& beside) {
    const auto* other = dynamic_cast<LmdbRowStore*>(&beside);
    CERTLEDGER_CHECK(other != nullptr && other->shared_ == shared_ && other->generation_ && other->complete_);
    const char taken = *other->generation_;
    return shared_->write([&](engine::WriteTransaction& transaction) -> Result<void> {
        const auto meta = shared_->meta;
        const char live = live_generation(transaction, meta);
        if (live == taken) return {};
        const bool usable = read_text(transaction, meta, named(live, "rows")) == rows_fingerprint();
        if (usable && read_checkpoint(transaction, meta, taken).position <
                          read_checkpoint(transaction, meta, live).position)
            return fail(ErrorKind::conflict, "views: the live rows have a later checkpoint");
        if (auto done = transaction.put(meta, octets_of(kLive), octets_of(std::string(1, taken))); !done)
            return done;
        const auto databases = shared_->databases(live, true);
        if (!databases) return tl::make_unexpected(databases.error());
        return begin(transaction, meta, live, *databases);
    });
}

}  // namespace certledger::projections::lmdb
