#include "raw/sqlite_log.hpp"

#include <dlfcn.h>

#include "measure/sheet.hpp"

namespace certledger::bench {
namespace {

// Of sqlite3.h, which need not be there: the library is asked for at run time.
struct Database;
struct Statement;
constexpr int kOk = 0;
constexpr int kDone = 101;
using Destructor = void (*)(void*);

struct Library {
    explicit Library(void* handle) {
        const auto find = [&](auto& function, const char* name) {
            function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
            complete = complete && function != nullptr;
        };
        find(open, "sqlite3_open");
        find(close, "sqlite3_close");
        find(exec, "sqlite3_exec");
        find(prepare, "sqlite3_prepare_v2");
        find(bind_int64, "sqlite3_bind_int64");
        find(bind_text, "sqlite3_bind_text");
        find(bind_blob, "sqlite3_bind_blob");
        find(step, "sqlite3_step");
        find(reset, "sqlite3_reset");
        find(finalize, "sqlite3_finalize");
        find(error, "sqlite3_errmsg");
        find(version, "sqlite3_libversion");
    }

    bool complete = true;
    int (*open)(const char*, Database**) = nullptr;
    int (*close)(Database*) = nullptr;
    int (*exec)(Database*, const char*, int (*)(void*, int, char**, char**), void*, char**) = nullptr;
    int (*prepare)(Database*, const char*, int, Statement**, const char**) = nullptr;
    int (*bind_int64)(Statement*, int, long long) = nullptr;
    int (*bind_text)(Statement*, int, const char*, int, Destructor) = nullptr;
    int (*bind_blob)(Statement*, int, const void*, int, Destructor) = nullptr;
    int (*step)(Statement*) = nullptr;
    int (*reset)(Statement*) = nullptr;
    int (*finalize)(Statement*) = nullptr;
    const char* (*error)(Database*) = nullptr;
    const char* (*version)() = nullptr;
};

}  // namespace

struct SqliteLog::Impl {
    explicit Impl(const Library& found) : library(found) {}
    ~Impl() {
        if (insert != nullptr) library.finalize(insert);
        if (database != nullptr) library.close(database);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void good(int code, int wanted = kOk) const {
        if (code == wanted) return;
        throw Failure({ErrorKind::outside, std::string("SQLite: ") + library.error(database)});
    }
    void run(const char* sql) const { good(library.exec(database, sql, nullptr, nullptr, nullptr)); }

    Library library;
    Database* database = nullptr;
    Statement* insert = nullptr;
};

SqliteLog::SqliteLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteLog::~SqliteLog() = default;

std::unique_ptr<SqliteLog> SqliteLog::open(const std::filesystem::path& file) {
    // Stays loaded: it is loaded once, and unloading it gains nothing.
    void* const handle = ::dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return nullptr;
    auto impl = std::make_unique<Impl>(Library(handle));
    if (!impl->library.complete) return nullptr;
    impl->good(impl->library.open(file.c_str(), &impl->database));
    impl->run("PRAGMA journal_mode=WAL");
    impl->run("PRAGMA synchronous=FULL");
    impl->run(
        "CREATE TABLE events(position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, "
        "data BLOB NOT NULL, UNIQUE(stream, version))");
    impl->good(impl->library.prepare(impl->database, "INSERT INTO events VALUES(?,?,?,?)", -1, &impl->insert,
                                     nullptr));
    return std::unique_ptr<SqliteLog>(new SqliteLog(std::move(impl)));
}

void SqliteLog::append(std::span<const RawEvent> events) {
    const Library& library = impl_->library;
    impl_->run("BEGIN IMMEDIATE");
    for (const RawEvent& event : events) {
        impl_->good(library.bind_int64(impl_->insert, 1, static_cast<long long>(event.position)));
        impl_->good(library.bind_text(impl_->insert, 2, event.stream.data(),
                                      static_cast<int>(event.stream.size()), nullptr));
        impl_->good(library.bind_int64(impl_->insert, 3, static_cast<long long>(event.version)));
        impl_->good(library.bind_blob(impl_->insert, 4, event.octets.data(),
                                      static_cast<int>(event.octets.size()), nullptr));
        impl_->good(library.step(impl_->insert), kDone);
        impl_->good(library.reset(impl_->insert));
    }
    impl_->run("COMMIT");
}

void SqliteLog::hurry(bool on) { impl_->run(on ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL"); }
std::string SqliteLog::version() const { return impl_->library.version(); }

}  // namespace certledger::bench
