#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <certledger/events/contract.hpp>
#include <cstring>

#include "environment_impl.hpp"
#include "new_file.hpp"
#include "page_file.hpp"

namespace certledger::store::lmdb {

// ---- readers -------------------------------------------------------------------------------------------

Result<void> Environment::Impl::renew(MDB_txn* transaction) {
    for (;;) {
        gate.enter();
        const LmdbCall call(file_name);
        const int code = mdb_txn_renew(transaction);
        if (code == 0) return {};
        gate.leave();
        if (code != MDB_MAP_RESIZED) return tl::make_unexpected(error(code, "cannot be read"));
        if (auto resized = resize(0); !resized) return resized;
    }
}

Result<std::unique_ptr<IdleReader>> Environment::Impl::take_reader() {
    std::unique_ptr<IdleReader> reader;
    {
        const std::lock_guard lock(readers_mutex);
        if (!readers.empty()) {
            reader = std::move(readers.back());
            readers.pop_back();
        }
    }
    if (reader) {
        if (auto renewed = renew(reader->transaction); !renewed) return tl::make_unexpected(renewed.error());
        return reader;
    }
    reader = std::make_unique<IdleReader>();
    for (;;) {
        gate.enter();
        const LmdbCall call(file_name);
        const int code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &reader->transaction);
        if (code == 0) return reader;
        gate.leave();
        reader->transaction = nullptr;
        if (code != MDB_MAP_RESIZED) return tl::make_unexpected(error(code, "cannot be read"));
        if (auto resized = resize(0); !resized) return tl::make_unexpected(resized.error());
    }
}

void Environment::Impl::give_back(std::unique_ptr<IdleReader> reader) {
    mdb_txn_reset(reader->transaction);
    gate.leave();
    const std::lock_guard lock(readers_mutex);
    readers.push_back(std::move(reader));
}

Result<ReadTransaction> Environment::read() const {
    impl_->check_process();
    auto reader = impl_->take_reader();
    if (!reader) return tl::make_unexpected(reader.error());
    MDB_txn* const transaction = (*reader)->transaction;
    auto state = std::make_unique<Transaction::State>(Transaction::State{*impl_, transaction});
    state->reader = std::move(*reader);
    return ReadTransaction(std::move(state));
}

ReadTransaction::~ReadTransaction() {
    if (state_) state_->environment.give_back(std::move(state_->reader));
}

Result<void> ReadTransaction::renew() {
    mdb_txn_reset(state_->transaction);
    state_->environment.gate.leave();
    if (auto renewed = state_->environment.renew(state_->transaction); !renewed) {
        // Without a snapshot there is nothing to give back.
        state_->reader.reset();
        state_.reset();
        return renewed;
    }
    return {};
}

// ---- the writer ----------------------------------------------------------------------------------------

Result<WriteTransaction> Environment::begin_write() {
    impl_->check_process();
    CERTLEDGER_CHECK(!impl_->options.read_only);
    // The map could not be made larger under the reader's feet.
    CERTLEDGER_CHECK(!impl_->gate.held_by_this_thread());
    MDB_txn* transaction = nullptr;
    for (;;) {
        impl_->gate.enter();
        const LmdbCall call(impl_->file_name);
        const int code = mdb_txn_begin(impl_->env, nullptr, 0, &transaction);
        if (code == 0) break;
        impl_->gate.leave();
        if (code != MDB_MAP_RESIZED) return tl::make_unexpected(impl_->error(code, "cannot be written"));
        if (auto resized = impl_->resize(0); !resized) return tl::make_unexpected(resized.error());
    }
    return WriteTransaction(std::make_unique<Transaction::State>(Transaction::State{*impl_, transaction}));
}

WriteTransaction::~WriteTransaction() {
    if (!state_ || state_->transaction == nullptr) return;
    // Nothing is kept in place: that is a body's last call.
    const LmdbCall call(state_->environment.file_name);
    mdb_txn_abort(state_->transaction);
    state_->environment.gate.leave();
}

Result<void> Environment::commit(WriteTransaction& transaction) {
    auto& state = *transaction.state_;
    impl_->before_commit(state);
    const std::uint64_t number = mdb_txn_id(state.transaction);
    if (const int code = impl_->options.durable ? impl_->write_meta_again(number) : 0; code != 0) {
        if (state.undo) impl_->undo(state.undo, transaction);
        return state.failed(code, "a meta page cannot be written again");
    }
    const int code = [&] {
        const LmdbCall call(impl_->file_name);
        // A flag of the environment that only a commit looks at, and there is one at a time.
        unsigned flags = 0;
        mdb_env_get_flags(impl_->env, &flags);
        const bool once = state.undo != nullptr;
        if (((flags & MDB_NOMETASYNC) != 0) != once)
            mdb_env_set_flags(impl_->env, MDB_NOMETASYNC, once ? 1 : 0);
        return mdb_txn_commit(state.transaction);
    }();
    state.transaction = nullptr;
    impl_->gate.leave();
    if (code == 0) return {};
    if (code == MDB_MAP_FULL) {
        if (state.undo) forget_kept(state.undo, number);
        return state.failed(code, "the map is full");
    }
    // Once the meta page could not be written LMDB refuses everything: then nobody knows what is on the disk.
    try {
        if (auto probe = impl_->take_reader()) impl_->give_back(std::move(*probe));
    } catch (const CommitUnknown&) {
        remember_failed_commit(impl_->options.file, number);
        throw;
    }
    if (state.undo) forget_kept(state.undo, number);
    const bool no_room = code == ENOSPC || code == EDQUOT || code == EFBIG;
    if (no_room || (code == EIO && impl_->out_of_room(state.octets))) {
        return fail(ErrorKind::outside, impl_->file_name + ": no room on the disk; nothing was written");
    }
    // The meta page was not touched: where that fails LMDB refuses everything.
    if (code == EIO)
        return fail(ErrorKind::outside, impl_->file_name + ": I/O error in a commit; nothing was written");
    return state.failed(code, "cannot be committed");
}

namespace {

/// Calls until all octets are through, for one call may take a part; `none` when it takes nothing.
template <class Span, class Call>
int in_pieces(MDB_env* env, std::uint64_t at, Span octets, int none, const Call& call) {
    mdb_filehandle_t fd = -1;
    if (const int code = mdb_env_get_fd(env, &fd); code != 0) return code;
    while (!octets.empty()) {
        const ssize_t taken = call(fd, octets.data(), octets.size(), static_cast<off_t>(at));
        if (taken < 0 && errno == EINTR) continue;
        if (taken <= 0) return taken < 0 ? errno : none;
        octets = octets.subspan(static_cast<std::size_t>(taken));
        at += static_cast<std::uint64_t>(taken);
    }
    return 0;
}

}  // namespace

int Environment::Impl::write_at(std::uint64_t at, Octets octets) {
    return in_pieces(env, at, octets, EIO, ::pwrite);
}

int Environment::Impl::read_at(std::uint64_t at, std::span<std::uint8_t> octets) const {
    return in_pieces(env, at, octets, kFileEnds, ::pread);
}

int Environment::Impl::sync_file() {
    mdb_filehandle_t fd = -1;
    if (const int code = mdb_env_get_fd(env, &fd); code != 0) return code;
    return ::fdatasync(fd) == 0 ? 0 : errno;
}

int Environment::Impl::write_meta_again(std::uint64_t number) {
    // A flush that failed may have left it in memory alone, where the system takes it for written.
    const std::uint64_t at = (number - 1) % 2 * page_size();
    constexpr std::size_t sector = 512;
    std::array<std::uint8_t, sector> meta{};
    const int code = read_at(at, meta);
    return code == 0 ? write_at(at, meta) : code;
}

void Environment::Impl::undo(const WriteTransaction::Undo& undo, WriteTransaction& transaction) const {
    if (!undo(transaction)) throw CommitUnknown(file_name + ": I/O error after a commit that failed");
}

void Environment::forget_kept(const WriteTransaction::Undo& undo, std::uint64_t number) {
    // The failed commit has let go of the lock: whoever opened the file meanwhile may have redone it.
    auto transaction = begin_write();
    if (!transaction || transaction->id() != number)
        throw CommitUnknown(impl_->file_name + ": a commit failed, and others may have gone on with it");
    impl_->undo(undo, *transaction);
}

bool Environment::ran_out_of_map(const WriteTransaction& transaction) { return transaction.state_->map_full; }

Result<std::span<std::uint8_t>> WriteTransaction::put_with(Database database, Octets key, std::size_t size,
                                                           const std::uint8_t* data, unsigned flags) {
    MDB_val key_value = value_of(key);
    MDB_val value = {size, const_cast<std::uint8_t*>(data)};
    const LmdbCall call(state_->environment.file_name);
    const int code = mdb_put(state_->transaction, database.handle_, &key_value, &value, flags);
    if (code != 0) return state_->failed(code, "cannot be written");
    state_->changed(key.size() + size);
    if ((flags & MDB_RESERVE) == 0) return std::span<std::uint8_t>{};
    return std::span(static_cast<std::uint8_t*>(value.mv_data), size);
}

Result<void> WriteTransaction::put(Database database, Octets key, Octets value) {
    auto written = put_with(database, key, value.size(), value.data(), 0);
    if (!written) return tl::make_unexpected(written.error());
    return {};
}

Result<bool> WriteTransaction::insert(Database database, Octets key, Octets value) {
    MDB_val key_value = value_of(key);
    MDB_val data = value_of(value);
    const LmdbCall call(state_->environment.file_name);
    const int code = mdb_put(state_->transaction, database.handle_, &key_value, &data, MDB_NOOVERWRITE);
    if (code == MDB_KEYEXIST) return false;
    if (code != 0) return state_->failed(code, "cannot be written");
    state_->changed(key.size() + value.size());
    return true;
}

Result<void> WriteTransaction::append(Database database, Octets key, Octets value) {
    auto written = append_reserved(database, key, value.size());
    if (!written) return tl::make_unexpected(written.error());
    if (!value.empty()) std::memcpy(written->data(), value.data(), value.size());
    return {};
}

Result<std::span<std::uint8_t>> WriteTransaction::append_reserved(Database database, Octets key,
                                                                  std::size_t size) {
    MDB_val key_value = value_of(key);
    MDB_val value = {size, nullptr};
    const LmdbCall call(state_->environment.file_name);
    const int code =
        mdb_put(state_->transaction, database.handle_, &key_value, &value, MDB_APPEND | MDB_RESERVE);
    if (code == MDB_KEYEXIST) {
        return fail(ErrorKind::invalid_input,
                    state_->environment.file_name + ": a key to append is not behind every other");
    }
    if (code != 0) return state_->failed(code, "cannot be written");
    state_->changed(key.size() + size);
    return std::span(static_cast<std::uint8_t*>(value.mv_data), size);
}

Result<std::span<std::uint8_t>> WriteTransaction::reserve(Database database, Octets key, std::size_t size) {
    return put_with(database, key, size, nullptr, MDB_RESERVE);
}

Result<bool> WriteTransaction::erase(Database database, Octets key) {
    MDB_val key_value = value_of(key);
    const LmdbCall call(state_->environment.file_name);
    const int code = mdb_del(state_->transaction, database.handle_, &key_value, nullptr);
    state_->changed(0);
    if (code == MDB_NOTFOUND) return false;
    if (code != 0) return state_->failed(code, "cannot be written");
    return true;
}

Result<void> WriteTransaction::create(std::string_view name, KeyOrder order) {
    const LmdbCall call(state_->environment.file_name);
    MDB_dbi ignored = 0;
    const unsigned flags = MDB_CREATE | (order == KeyOrder::integers ? MDB_INTEGERKEY : 0U);
    if (const int code = mdb_dbi_open(state_->transaction, std::string(name).c_str(), flags, &ignored);
        code != 0)
        return state_->failed(code, "a database cannot be made");
    return {};
}

Result<void> WriteTransaction::clear(Database database) {
    // The list of what it frees has no bound that before_commit() could go by.
    CERTLEDGER_CHECK(!state_->environment.options.grow_ahead);
    const LmdbCall call(state_->environment.file_name);
    if (const int code = mdb_drop(state_->transaction, database.handle_, 0); code != 0)
        return state_->failed(code, "cannot be cleared");
    return {};
}

std::optional<std::uint64_t> Transaction::State::place_of(Octets value, std::uint16_t flags) const {
    const std::size_t page_size = environment.page_size();
    // From half a page on LMDB gives a value pages of its own, with one header before it.
    if (value.size() < page_size) return std::nullopt;
    const PageView page{value.data() - kPageHeader};
    if (page.flags() != flags || page.overflow_pages() * page_size < kPageHeader + value.size())
        return std::nullopt;
    return page.number() * page_size + kPageHeader;
}

std::optional<std::uint64_t> WriteTransaction::place_of(std::span<const std::uint8_t> reserved) const {
    return state_->place_of(reserved, kOverflow | kDirty);
}

Result<bool> WriteTransaction::keep_in_place(Octets value, std::size_t at, Octets octets, Undo undo) {
    CERTLEDGER_CHECK(at <= value.size() && octets.size() <= value.size() - at);
    const auto place = state_->place_of(value, kOverflow);
    if (!place) return false;
    if (const int code = state_->environment.write_at(*place + at, octets); code != 0) {
        state_->environment.undo(undo, *this);
        return state_->failed(code, "cannot be written in place");
    }
    state_->undo = std::move(undo);
    return true;
}

Result<std::uint64_t> WriteTransaction::set_aside(std::uint64_t place, Octets octets) {
    Environment::Impl& environment = state_->environment;
    const auto [used, end] = environment.reach_of(*state_);
    if (place >= end) return place;
    environment.wait_for_filling(used, end + octets.size());
    int code = environment.write_meta_again(id());
    if (code == 0) code = environment.write_at(end, octets);
    if (code == 0) code = environment.sync_file();
    if (code != 0) return state_->failed(code, "cannot be written");
    return end;
}

Result<void> WriteTransaction::write_in_place(Octets value, std::size_t at, Octets octets) {
    CERTLEDGER_CHECK(at <= value.size() && octets.size() <= value.size() - at);
    const auto place = state_->place_of(value, kOverflow);
    CERTLEDGER_CHECK(place.has_value());
    int code = state_->environment.write_at(*place + at, octets);
    if (code == 0) code = state_->environment.sync_file();
    if (code != 0) return state_->failed(code, "cannot be written in place");
    return {};
}

// ---- both ----------------------------------------------------------------------------------------------

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

std::uint64_t Transaction::id() const { return mdb_txn_id(state_->transaction); }

Result<std::optional<events::Bytes>> Transaction::octets_at(std::uint64_t place, std::uint64_t size) const {
    // Not through the map, which may end before the file does.
    events::Bytes octets(size);
    const int code = state_->environment.read_at(place, octets);
    if (code == kFileEnds) return std::nullopt;
    if (code != 0) return state_->failed(code, "cannot be read");
    return octets;
}

Result<std::optional<Octets>> Transaction::get(Database database, Octets key) const {
    MDB_val key_value = value_of(key);
    MDB_val value = {};
    const LmdbCall call(state_->environment.file_name);
    const int code = mdb_get(state_->transaction, database.handle_, &key_value, &value);
    if (code == MDB_NOTFOUND) return std::optional<Octets>();
    if (code != 0) return state_->failed(code, "cannot be read");
    if (!state_->within_map(value)) return state_->failed(MDB_CORRUPTED, "a value leads outside of it");
    return std::optional(octets_of(value));
}

Result<std::uint64_t> Transaction::size(Database database) const {
    const LmdbCall call(state_->environment.file_name);
    MDB_stat stat = {};
    if (const int code = mdb_stat(state_->transaction, database.handle_, &stat); code != 0)
        return state_->failed(code, "cannot be read");
    return std::uint64_t{stat.ms_entries};
}

struct Cursor::Place {
    Transaction::State& state;
    MDB_dbi database = 0;
    MDB_cursor* cursor = nullptr;
};

Result<Cursor> Transaction::cursor(Database database) const {
    auto place = std::make_unique<Cursor::Place>(Cursor::Place{*state_, database.handle_, nullptr});
    const LmdbCall call(state_->environment.file_name);
    int code = 0;
    if (state_->reader) {
        auto& idle = state_->reader->cursors;
        const auto found = std::find_if(idle.begin(), idle.end(),
                                        [&](const auto& entry) { return entry.first == database.handle_; });
        if (found != idle.end()) {
            place->cursor = found->second;
            idle.erase(found);
            code = mdb_cursor_renew(state_->transaction, place->cursor);
        }
    }
    if (place->cursor == nullptr)
        code = mdb_cursor_open(state_->transaction, database.handle_, &place->cursor);
    if (code != 0) return state_->failed(code, "cannot be read");
    return Cursor(std::move(place));
}

Cursor::Cursor(std::unique_ptr<Place> place) : place_(std::move(place)) {}
Cursor::Cursor(Cursor&&) noexcept = default;

Cursor::~Cursor() {
    if (!place_ || place_->cursor == nullptr) return;
    if (place_->state.reader) {
        place_->state.reader->cursors.emplace_back(place_->database, place_->cursor);
    } else {
        mdb_cursor_close(place_->cursor);
    }
}

Result<bool> Cursor::move(int operation, Octets key) {
    MDB_val key_value = value_of(key);
    MDB_val value = {};
    const LmdbCall call(place_->state.environment.file_name);
    const int code =
        mdb_cursor_get(place_->cursor, &key_value, &value, static_cast<MDB_cursor_op>(operation));
    key_ = {};
    value_ = {};
    if (code == MDB_NOTFOUND) return false;
    if (code != 0) return place_->state.failed(code, "cannot be read");
    if (!place_->state.within_map(key_value) || !place_->state.within_map(value))
        return place_->state.failed(MDB_CORRUPTED, "an item leads outside of it");
    key_ = octets_of(key_value);
    value_ = octets_of(value);
    return true;
}

Result<bool> Cursor::first() { return move(MDB_FIRST, {}); }
Result<bool> Cursor::last() { return move(MDB_LAST, {}); }
Result<bool> Cursor::next() { return move(MDB_NEXT, {}); }
Result<bool> Cursor::previous() { return move(MDB_PREV, {}); }
Result<bool> Cursor::seek(Octets key) { return move(MDB_SET_RANGE, key); }

Result<bool> Cursor::seek_back(Octets key) {
    auto found = move(MDB_SET_RANGE, key);
    if (!found) return found;
    if (!*found) return move(MDB_LAST, {});
    if (std::equal(key_.begin(), key_.end(), key.begin(), key.end())) return true;
    return move(MDB_PREV, {});
}

Result<void> Cursor::erase() {
    const LmdbCall call(place_->state.environment.file_name);
    place_->state.changed(0);
    if (const int code = mdb_cursor_del(place_->cursor, 0); code != 0)
        return place_->state.failed(code, "cannot be written");
    return {};
}

}  // namespace certledger::store::lmdb
