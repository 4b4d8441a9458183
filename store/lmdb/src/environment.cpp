#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <certledger/events/contract.hpp>
#include <cstring>
#include <set>

#include "environment_impl.hpp"
#include "new_file.hpp"
#include "open_check.hpp"

namespace certledger::store::lmdb {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLeastMap = std::uint64_t{64} << 20U;

/// The files that this process has open: LMDB's locks are the process's, so that closing a second environment
/// of the same file would drop those of the first.
class OpenFiles {
  public:
    static OpenFiles& instance() {
        static OpenFiles files;
        return files;
    }
    [[nodiscard]] bool enter(const std::string& file) {
        const std::lock_guard lock(mutex_);
        return files_.insert(file).second;
    }
    void leave(const std::string& file) {
        const std::lock_guard lock(mutex_);
        files_.erase(file);
    }

  private:
    std::mutex mutex_;
    std::set<std::string> files_;
};

/// Counts in the child of each fork. Asking the kernel for the process's number would be a call for every
/// read.
unsigned forks_so_far() {
    static std::atomic<unsigned> forks{0};
    static const int registered = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
    static_cast<void>(registered);
    return forks.load(std::memory_order_relaxed);
}

unsigned flags_of(const EnvironmentOptions& options) {
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS;
    if (options.read_only) flags |= MDB_RDONLY;
    if (!options.durable) flags |= MDB_NOSYNC;
    return flags;
}

void on_assert(MDB_env* env, const char* what) {
    const char* file = "";
    mdb_env_get_path(env, &file);
    end_damaged(file, what);
}

std::uint64_t file_size_of(MDB_env* env) {
    mdb_filehandle_t fd = -1;
    struct stat status = {};
    if (mdb_env_get_fd(env, &fd) != 0 || ::fstat(fd, &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

Environment::Environment(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Environment::~Environment() = default;

Environment::Impl::~Impl() {
    ahead.reset();
    readers.clear();
    registered.set({});
    if (env != nullptr) mdb_env_close(env);
    if (!claimed.empty()) OpenFiles::instance().leave(claimed);
}

Error Environment::Impl::error(int code, const char* doing) const {
    const std::string text = file_name + ": " + doing + ": " + mdb_strerror(code);
    switch (code) {
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_VERSION_MISMATCH:
        case MDB_INVALID:
        case MDB_INCOMPATIBLE:
        case MDB_CURSOR_FULL:
        case MDB_PAGE_FULL:
            return {ErrorKind::damaged, text};
        case MDB_PANIC:
            throw CommitUnknown(text);
        case MDB_BAD_VALSIZE:
        case MDB_DBS_FULL:
        case MDB_BAD_DBI:
            throw ContractViolation(text);
        default:
            return {ErrorKind::outside, text};
    }
}

void Environment::Impl::check_process() const { CERTLEDGER_CHECK(forks == forks_so_far()); }

void Environment::Impl::find_map() {
    mdb_filehandle_t fd = -1;
    struct stat status = {};
    MappedRange range;
    if (mdb_env_get_fd(env, &fd) == 0 && ::fstat(fd, &status) == 0)
        range = find_mapping(status.st_dev, status.st_ino);
    ++map_generation;
    map_end.store(0);
    map_begin.store(range.begin);
    map_end.store(range.end);
    registered.set(range);
}

int Environment::Impl::open_env(std::uint64_t map_size) {
    const LmdbCall call(file_name);
    if (env != nullptr) mdb_env_close(env);
    env = nullptr;
    int code = mdb_env_create(&env);
    if (code == 0) code = mdb_env_set_mapsize(env, map_size);
    if (code == 0) code = mdb_env_set_maxdbs(env, options.databases_max);
    if (code == 0) code = mdb_env_set_maxreaders(env, options.readers_max);
    if (code == 0) code = mdb_env_set_assert(env, on_assert);
    if (code == 0) code = mdb_env_open(env, options.file.c_str(), flags_of(options), 0600);
    return code;
}

Result<std::unique_ptr<Environment>> Environment::open(const EnvironmentOptions& options) {
    if (options.create && !options.read_only) {
        if (auto made = make_data_file(options); !made) return tl::make_unexpected(made.error());
    } else if (::access(options.file.c_str(), F_OK) != 0) {
        return fail(ErrorKind::not_found, options.file.string() + ": no such file");
    }
    std::error_code ignored;
    const std::string name = fs::weakly_canonical(options.file, ignored).string();
    auto impl = std::make_unique<Impl>(options);
    CERTLEDGER_CHECK(OpenFiles::instance().enter(name));
    impl->claimed = name;
    impl->forks = forks_so_far();

    if (::access(options.file.c_str(), F_OK) == 0) {
        if (auto checked = check_before_open(options.file, options.check_up_to); !checked)
            return tl::make_unexpected(checked.error());
    }
    if (auto reserved = reserve_lock_file(options); !reserved) return tl::make_unexpected(reserved.error());
    int code = impl->open_env(options.map_size);
    // Address space may be limited; what is really there decides.
    for (std::uint64_t size = options.map_size; code == ENOMEM && size > kLeastMap;) {
        size = std::max(kLeastMap, size / 4);
        code = impl->open_env(size);
    }
    if (code != 0) return tl::make_unexpected(impl->error(code, "cannot be opened"));
    impl->find_map();
    if (options.grow_ahead && !options.read_only) impl->ahead.emplace(options.file, options.grow_from);
    int dead = 0;
    code = mdb_reader_check(impl->env, &dead);
    if (code != 0) return tl::make_unexpected(impl->error(code, "reader slots cannot be looked through"));

    // The unnamed database has to be opened once as well.
    MDB_txn* transaction = nullptr;
    MDB_dbi main = 0;
    code = mdb_txn_begin(impl->env, nullptr, MDB_RDONLY, &transaction);
    if (code == 0) code = mdb_dbi_open(transaction, nullptr, 0, &main);
    if (transaction != nullptr) mdb_txn_abort(transaction);
    if (code != 0) return tl::make_unexpected(impl->error(code, "cannot be read"));
    return std::unique_ptr<Environment>(new Environment(std::move(impl)));
}

Result<Database> Environment::database(std::string_view name, KeyOrder order, bool create) {
    CERTLEDGER_CHECK(name.find('\0') == std::string_view::npos && !name.empty());
    auto opened = impl_->open_database(std::string(name), order);
    if (opened || opened.error().kind != ErrorKind::not_found || !create || impl_->options.read_only)
        return opened.map([](unsigned handle) { return Database(handle); });
    const auto made = write([&](WriteTransaction& transaction) { return transaction.create(name, order); });
    if (!made) return tl::make_unexpected(made.error());
    return impl_->open_database(std::string(name), order).map([](unsigned handle) {
        return Database(handle);
    });
}

Result<unsigned> Environment::Impl::open_database(const std::string& name, KeyOrder order) {
    const unsigned wanted = order == KeyOrder::integers ? MDB_INTEGERKEY : 0U;
    const std::lock_guard lock(databases_mutex);
    auto reader = take_reader();
    if (!reader) return tl::make_unexpected(reader.error());
    const LmdbCall call(file_name);
    MDB_dbi handle = 0;
    unsigned flags = 0;
    int code = mdb_dbi_open((*reader)->transaction, name.c_str(), 0, &handle);
    if (code == 0) code = mdb_dbi_flags((*reader)->transaction, handle, &flags);
    // A handle outlives its transaction only when that is committed, a reading one as well.
    for (const auto& [database, cursor] : (*reader)->cursors) mdb_cursor_close(cursor);
    (*reader)->cursors.clear();
    mdb_txn_commit((*reader)->transaction);
    (*reader)->transaction = nullptr;
    gate.leave();
    if (code == MDB_NOTFOUND)
        return fail(ErrorKind::not_found, file_name + ": holds no database '" + name + "'");
    if (code != 0) return tl::make_unexpected(error(code, "a database cannot be opened"));
    if (flags != wanted) {
        return fail(ErrorKind::damaged, file_name + ": database '" + name + "' has the flags " +
                                            std::to_string(flags) + ", must be " + std::to_string(wanted));
    }
    return handle;
}

Result<void> Environment::Impl::resize(std::uint64_t size) {
    const int code = gate.alone([&] {
        const int outcome = mdb_env_set_mapsize(env, size);
        find_map();
        return outcome;
    });
    if (code != 0) return tl::make_unexpected(error(code, "the map cannot be resized"));
    return {};
}

Result<void> Environment::grow_map() {
    MDB_envinfo info = {};
    mdb_env_info(impl_->env, &info);
    const std::uint64_t size = std::min(impl_->options.map_size_max, std::uint64_t{info.me_mapsize} * 2);
    if (size <= info.me_mapsize) {
        return fail(ErrorKind::outside, impl_->file_name + ": the map is full at " +
                                            std::to_string(info.me_mapsize) + " octets, its limit");
    }
    return impl_->resize(size);
}

Result<void> Environment::sync() {
    impl_->check_process();
    if (const int code = mdb_env_sync(impl_->env, 1); code != 0)
        throw CommitUnknown(impl_->file_name + ": cannot be synced: " + mdb_strerror(code));
    return {};
}

void Environment::begin_sync() noexcept {
    mdb_filehandle_t fd = -1;
    if (mdb_env_get_fd(impl_->env, &fd) == 0)
        static_cast<void>(::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
}

Result<void> Environment::copy_compact(const fs::path& to, const Amend& amend) const {
    impl_->check_process();
    if (::access(to.c_str(), F_OK) == 0)
        return fail(ErrorKind::invalid_input, to.string() + ": exists already, must be a new file");
    const fs::path draft = to.string() + ".partial";
    ::unlink(draft.c_str());
    const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail(ErrorKind::outside, draft.string() + ": cannot be made: " + std::strerror(errno));

    impl_->gate.enter();
    int code = [&] {
        const LmdbCall call(impl_->file_name);
        return mdb_env_copyfd2(impl_->env, fd, MDB_CP_COMPACT);
    }();
    impl_->gate.leave();
    if (code == 0 && ::fsync(fd) != 0) code = errno;
    if (::close(fd) != 0 && code == 0) code = errno;
    Result<void> outcome;
    if (code != 0) outcome = tl::make_unexpected(impl_->error(code, "cannot be copied"));
    if (outcome && amend) {
        outcome = amend(draft);
        ::unlink((draft.string() + "-lock").c_str());
    }
    if (outcome) {
        if (const auto sound = lmdb::check_pages(draft); !sound) outcome = tl::make_unexpected(sound.error());
    }
    if (outcome && ::rename(draft.c_str(), to.c_str()) != 0)
        outcome = fail(ErrorKind::outside, to.string() + ": cannot be renamed to: " + std::strerror(errno));
    if (!outcome) {
        ::unlink(draft.c_str());
        return outcome;
    }
    return sync_folder(to.has_parent_path() ? to.parent_path() : fs::path("."));
}

Result<PageReport> Environment::check_pages() const {
    auto snapshot = read();
    if (!snapshot) return tl::make_unexpected(snapshot.error());
    if (snapshot->id() == 0) return PageReport{};
    for (int tries = 0;; ++tries) {
        auto report = check_pages_of(impl_->options.file, snapshot->id());
        // Two commits later the meta page belongs to another transaction; the snapshot then is too old to
        // find.
        if (report || report.error().kind != ErrorKind::not_found || tries == 100) return report;
        if (auto renewed = snapshot->renew(); !renewed) return tl::make_unexpected(renewed.error());
    }
}

Result<EnvironmentStats> Environment::stats() const {
    EnvironmentStats stats;
    MDB_envinfo info = {};
    MDB_stat main = {};
    mdb_env_info(impl_->env, &info);
    mdb_env_stat(impl_->env, &main);
    stats.page_size = main.ms_psize;
    stats.pages = info.me_last_pgno + 1;
    stats.map_size = info.me_mapsize;
    stats.last_commit = info.me_last_txnid;
    stats.file_size = file_size_of(impl_->env);
    const auto count_reader = [](const char* line, void* context) {
        // One line a reader that is in a transaction; the heading and "no readers" begin with letters or '('.
        const std::string_view text(line);
        const auto first = text.find_first_not_of(' ');
        if (first != std::string_view::npos && text[first] >= '0' && text[first] <= '9')
            ++*static_cast<unsigned*>(context);
        return 0;
    };
    mdb_reader_list(impl_->env, count_reader, &stats.readers);

    auto snapshot = read();
    if (!snapshot) return tl::make_unexpected(snapshot.error());
    auto lists = snapshot->cursor(Database(0));
    if (!lists) return tl::make_unexpected(lists.error());
    for (auto more = lists->first();; more = lists->next()) {
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
        std::uint64_t count = 0;
        if (lists->value().size() >= sizeof count) std::memcpy(&count, lists->value().data(), sizeof count);
        stats.free_pages += count;
    }
    return stats;
}

std::uint64_t Environment::map_generation() const { return impl_->map_generation.load(); }

const fs::path& Environment::file() const { return impl_->options.file; }

bool Environment::durable() const { return impl_->options.durable; }

bool Environment::Impl::out_of_room(std::uint64_t octets) const {
    mdb_filehandle_t fd = -1;
    if (mdb_env_get_fd(env, &fd) != 0) return false;
    // LMDB calls a write that was cut short an I/O error; whether the file can grow tells which it was.
    const auto end = static_cast<off_t>(file_size_of(env));
    const std::uint64_t wanted = octets + (std::uint64_t{1} << 20U);
    rlimit limit = {};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        static_cast<std::uint64_t>(end) + wanted > limit.rlim_cur) {
        return true;
    }
    if (::fallocate(fd, FALLOC_FL_KEEP_SIZE, end, static_cast<off_t>(wanted)) == 0) return false;
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return true;
    struct statvfs room = {};
    return ::fstatvfs(fd, &room) == 0 && std::uint64_t{room.f_bavail} * room.f_frsize < wanted;
}

std::size_t Environment::Impl::page_size() const {
    MDB_stat main = {};
    mdb_env_stat(env, &main);
    return main.ms_psize;
}

Environment::Impl::Reach Environment::Impl::reach_of(const Transaction::State& state) const {
    MDB_envinfo info = {};
    mdb_env_info(env, &info);
    const std::size_t page = page_size();
    const std::uint64_t used = (info.me_last_pgno + 1) * page;
    // Every change may copy and split the pages down to its place, in its tree and in that of free pages.
    const std::uint64_t pages = 64 + 32 * state.changes + (2 * state.octets + page - 1) / page;
    return {used, used + pages * page};
}

void Environment::Impl::wait_for_filling(std::uint64_t from, std::uint64_t to) {
    mdb_filehandle_t fd = -1;
    if (mdb_env_get_fd(env, &fd) == 0) lmdb::wait_for_filling(fd, from, to);
}

void Environment::Impl::before_commit(const Transaction::State& state) {
    mdb_filehandle_t fd = -1;
    if (mdb_env_get_fd(env, &fd) != 0) return;
    const auto [used, end] = reach_of(state);
    lmdb::wait_for_filling(fd, used, end);
    if (ahead) ahead->before_commit(fd, used, end);
}

}  // namespace certledger::store::lmdb
