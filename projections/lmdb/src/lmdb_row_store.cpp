#include <algorithm>
#include <cerrno>
#include <certledger/events/contract.hpp>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <cstdlib>
#include <mutex>
#include <system_error>

#include "index_fill.hpp"
#include "loader.hpp"
#include "marker.hpp"

namespace certledger::projections::lmdb {

using engine::octets_of;

namespace {

/// Below this the rows are made anew faster than a disk is waited for.
constexpr Position kWorthKeeping = 100'000;

/// A larger file is not walked through each time a command opens it: the rows are a copy, a fault in LMDB is
/// caught, and `views verify` compares everything.
constexpr std::uint64_t kWalkedAtOpening = std::uint64_t{1} << 20U;

/// Octets in memory for what a load sorts.
constexpr std::size_t kRoomOfLoad = std::size_t{512} << 20U;

constexpr const char* kLive = "live";
constexpr std::string_view kScratch = "scratch-";

char other_of(char generation) { return generation == 'a' ? 'b' : 'a'; }

std::string named(char generation, const char* what) { return std::string(1, generation) + "." + what; }

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
        for (const auto& [name, order, to] :
             {std::tuple("certificates", engine::KeyOrder::integers, &Generation::certificates),
              std::tuple("deleted", engine::KeyOrder::integers, &Generation::deleted),
              std::tuple("filling", engine::KeyOrder::integers, &Generation::filling),
              std::tuple("ids", engine::KeyOrder::octets, &Generation::ids),
              std::tuple("index", engine::KeyOrder::octets, &Generation::index),
              std::tuple("others", engine::KeyOrder::octets, &Generation::others)}) {
            auto opened = environment->database(named(generation, name), order, create);
            if (!opened) return tl::make_unexpected(opened.error());
            made.*to = *opened;
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
        state.generation = named_generation.value_or(live(transaction, meta));
        state.readable = read_text(transaction, meta, named(state.generation, "rows")) == rows_fingerprint();
        if (state.readable) state.checkpoint = read_checkpoint(transaction, meta, state.generation);
        const std::lock_guard lock(mutex);
        if (!named_generation) last_state = {id, state};
        return state;
    }

    static char live(const engine::Transaction& transaction, engine::Database meta) {
        const auto text = read_text(transaction, meta, kLive);
        return text == "b" ? 'b' : 'a';
    }

    void close() noexcept {
        try {
            if (!environment || marker.clean() || !marker.hold_alone()) return;
            {
                auto transaction = environment->read();
                if (!transaction) return;
                if (read_checkpoint(*transaction, meta, live(*transaction, meta)).position < kWorthKeeping)
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

Result<std::unique_ptr<engine::Environment>> open_environment(const std::filesystem::path& file,
                                                              Marker& marker) {
    engine::EnvironmentOptions options;
    options.file = file;
    options.durable = false;
    options.check_up_to = kWalkedAtOpening;
    const bool alone = marker.hold_alone();
    if (alone) remove_scratch(file.parent_path());
    if (alone && marker.suspect()) {
        if (auto gone = throw_away(file); !gone) return tl::make_unexpected(gone.error());
    }
    auto environment = engine::Environment::open(options);
    if (!environment && environment.error().kind == ErrorKind::damaged && alone) {
        if (auto gone = throw_away(file); !gone) return tl::make_unexpected(gone.error());
        environment = engine::Environment::open(options);
    }
    marker.share();
    return environment;
}

}  // namespace

Result<std::unique_ptr<LmdbRowStore>> LmdbRowStore::open(const std::filesystem::path& folder) {
    std::error_code fault;
    if (std::filesystem::create_directories(folder, fault))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, fault);
    if (fault) return fail(ErrorKind::outside, "views: folder " + folder.string() + ": " + fault.message());
    auto marker = Marker::open(folder / "marker");
    if (!marker) return tl::make_unexpected(marker.error());
    auto environment = open_environment(folder / "views.mdb", *marker);
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

/// Writes changes into one generation. Errors are those of LMDB; the caller's transaction is then undone.
class Writer {
  public:
    Writer(engine::WriteTransaction& transaction, const Generation& to, bool indexed)
        : transaction_(transaction), to_(to), indexed_(indexed) {}

    Result<void> certificates(const MemoryRows& changes) {
        events::Bytes octets;
        for (const auto* changed : changes.changed_certificates()) {
            const std::uint64_t row = changed->now.row;
            octets.clear();
            encode_rest(changed->now, octets);
            if (auto done = transaction_.put(to_.certificates, engine::integer_key(row), octets); !done)
                return done;
            if (!changed->in_base) {
                std::string value;
                key::append(value, row);
                if (auto done = transaction_.put(to_.ids, octets_of(changed->now.certificate.value),
                                                 octets_of(value));
                    !done)
                    return done;
            }
            octets.clear();
            encode_card(changed->now, octets);
            if (auto done = card(*changed, octets); !done) return done;
            if (!indexed_) continue;
            if (auto done = indexes(changed->keys_before, index_keys(changed->now)); !done) return done;
        }
        return {};
    }

    Result<void> quotas(const MemoryRows& changes) {
        for (const auto& [id, row] : changes.changed_quotas()) {
            if (auto done = other(quota_key(id), row); !done) return done;
            if (!indexed_) continue;
            for (const auto& [index, made] : index_keys(row)) {
                std::string value;
                key::append(value, row.row);
                if (auto done =
                        transaction_.put(to_.index, octets_of(index_key(index, made)), octets_of(value));
                    !done)
                    return done;
            }
        }
        return {};
    }

    Result<void> targets(const MemoryRows& changes) {
        for (const auto& [names, row] : changes.changed_targets()) {
            const auto place = target_key(names.first, names.second);
            auto kept = transaction_.get(to_.others, octets_of(place));
            if (!kept) return tl::make_unexpected(kept.error());
            std::vector<TargetRow> rows;
            if (*kept) {
                auto decoded = events::decode<std::vector<TargetRow>>(**kept);
                if (!decoded) return tl::make_unexpected(decoded.error());
                rows = std::move(*decoded);
            }
            const auto& target = names.second;
            std::erase_if(rows, [&](const auto& other) { return other.target == target; });
            if (row) rows.push_back(*row);
            std::sort(rows.begin(), rows.end(),
                      [](const auto& a, const auto& b) { return a.target < b.target; });
            if (rows.empty()) {
                if (auto done = transaction_.erase(to_.others, octets_of(place)); !done)
                    return tl::make_unexpected(done.error());
            } else if (auto done = other(place, rows); !done) {
                return done;
            }
        }
        return {};
    }

    Result<void> rest(const MemoryRows& changes) {
        for (const auto& [stream, row] : changes.changed_policies()) {
            if (auto done = other(policy_key(stream), row); !done) return done;
        }
        for (const auto& [made, row] : changes.changed_totals()) {
            if (auto done = other(total_place(made), row); !done) return done;
        }
        for (const auto& [made, row] : changes.changed_counts()) {
            if (auto done = other(count_place(made), row); !done) return done;
        }
        return {};
    }

  private:
    template <class Row>
    Result<void> other(const std::string& place, const Row& row) {
        return transaction_.put(to_.others, octets_of(place), events::encode(row));
    }

    Result<void> card(const MemoryRows::ChangedCertificate& changed, const events::Bytes& octets) {
        const CertificateRow& row = changed.now;
        if (row.deleted()) {
            if (!indexed_ && changed.in_base) {
                if (auto gone = transaction_.erase(to_.filling, engine::integer_key(row.row)); !gone)
                    return tl::make_unexpected(gone.error());
            }
            return transaction_.put(to_.deleted, engine::integer_key(row.row), octets);
        }
        if (!indexed_) return transaction_.put(to_.filling, engine::integer_key(row.row), octets);
        const auto place = card_key(row);
        const auto kept = transaction_.get(to_.index, octets_of(place));
        if (!kept) return tl::make_unexpected(kept.error());
        // Most events change the rest alone.
        if (*kept && std::equal((*kept)->begin(), (*kept)->end(), octets.begin(), octets.end())) return {};
        return transaction_.put(to_.index, octets_of(place), octets);
    }

    /// Only entries that are not the same before and after are touched; that of the card is made with it.
    Result<void> indexes(const IndexKeys& was, IndexKeys after) {
        if (was == after) return {};
        IndexKeys before = was;
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        IndexKeys gone;
        IndexKeys come;
        std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                            std::back_inserter(gone));
        std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                            std::back_inserter(come));
        for (const auto& [index, made] : gone) {
            if (auto done = transaction_.erase(to_.index, octets_of(index_key(index, made))); !done)
                return tl::make_unexpected(done.error());
        }
        for (const auto& [index, made] : come) {
            if (index == Index::created) continue;
            if (auto done = transaction_.put(to_.index, octets_of(index_key(index, made)), {}); !done)
                return done;
        }
        return {};
    }

    engine::WriteTransaction& transaction_;
    const Generation& to_;
    const bool indexed_;
};

Result<void> put_checkpoint(engine::WriteTransaction& transaction, engine::Database meta, char generation,
                            const Checkpoint& checkpoint) {
    return transaction.put(meta, octets_of(named(generation, "checkpoint")), checkpoint_octets(checkpoint));
}

/// An empty generation of this program's schema.
Result<void> begin(engine::WriteTransaction& transaction, engine::Database meta, char generation,
                   const Generation& databases) {
    for (const auto database : {databases.certificates, databases.deleted, databases.filling, databases.ids,
                                databases.index, databases.others}) {
        if (auto done = transaction.clear(database); !done) return done;
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
        const char generation = generation_.value_or(Shared::live(transaction, meta));
        const auto databases = shared_->databases(generation, true);
        if (!databases) return tl::make_unexpected(databases.error());
        if (read_text(transaction, meta, named(generation, "rows")) != rows_fingerprint() ||
            read_checkpoint(transaction, meta, generation) != expected)
            return fail(ErrorKind::conflict, "views: the checkpoint has moved");
        Writer writer(transaction, *databases, complete_);
        if (auto done = writer.certificates(changes); !done) return done;
        if (auto done = writer.quotas(changes); !done) return done;
        if (auto done = writer.targets(changes); !done) return done;
        if (auto done = writer.rest(changes); !done) return done;
        return put_checkpoint(transaction, meta, generation, changes.checkpoint());
    });
}

Result<void> LmdbRowStore::reset() {
    return shared_->write([&](engine::WriteTransaction& transaction) -> Result<void> {
        const char generation = generation_.value_or(Shared::live(transaction, shared_->meta));
        const auto databases = shared_->databases(generation, true);
        if (!databases) return tl::make_unexpected(databases.error());
        return begin(transaction, shared_->meta, generation, *databases);
    });
}

Result<std::unique_ptr<RowStore>> LmdbRowStore::begin_beside() {
    char generation = 'b';
    const auto done = shared_->write([&](engine::WriteTransaction& transaction) -> Result<void> {
        generation = other_of(Shared::live(transaction, shared_->meta));
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

Result<std::unique_ptr<RowLoader>> LmdbRowStore::begin_load(std::size_t lanes) {
    CERTLEDGER_CHECK(!complete_);
    const char generation = generation_.value_or('a');
    const auto databases = shared_->databases(generation, true);
    if (!databases) return tl::make_unexpected(databases.error());
    const auto finish = [this, generation](engine::WriteTransaction& transaction, Checkpoint checkpoint) {
        complete_ = true;
        return put_checkpoint(transaction, shared_->meta, generation, checkpoint);
    };
    return std::unique_ptr<RowLoader>(std::make_unique<Loader>(
        *shared_->environment, *databases, shared_->folder, lanes, kRoomOfLoad / lanes, finish));
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
        const char live = Shared::live(transaction, meta);
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
