// What only the rows on disk can show: other processes, other boots, other schemas, damage.
#include <sys/wait.h>
#include <unistd.h>
#include <certledger/projections/lmdb/lmdb_row_store.hpp>
#include <certledger/store/lmdb/environment.hpp>
#include <filesystem>
#include <fstream>

#include "../random_history.hpp"
#include "marker.hpp"

namespace certledger::test {

namespace {

namespace fs = std::filesystem;
namespace engine = store::lmdb;
using views::lmdb::LmdbRowStore;

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "certledger-views-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = fs::path(name) / "views";
    }
    ~Folder() { fs::remove_all(path.parent_path()); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::unique_ptr<LmdbRowStore> open() const {
        auto opened = LmdbRowStore::open(path);
        REQUIRE(opened);
        return std::move(*opened);
    }
    [[nodiscard]] std::string marker() const {
        std::ifstream file(path / "marker");
        std::string text;
        std::getline(file, text);
        return text;
    }
    void set_marker(const std::string& text) const { std::ofstream(path / "marker") << text; }

    fs::path path;
};

void fill(const Folder& folder, Ledger& ledger) {
    ledger.make("k", {"a.com"}, day(0), day(100));
    const auto store = folder.open();
    REQUIRE(views::catch_up(ledger.log, *store));
}

views::Position kept(const Folder& folder) {
    const auto rows = folder.open()->snapshot();
    return rows ? rows->checkpoint().position : 0;
}

}  // namespace

TEST_CASE("rows survive the end of the process that wrote them") {
    Folder folder;
    Ledger ledger;
    fill(folder, ledger);
    CHECK(kept(folder) == ledger.log.head().position);
    CHECK((fs::status(folder.path).permissions() & fs::perms::all) == fs::perms::owner_all);
    CHECK((fs::status(folder.path / "marker").permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("rows of another boot that were not closed are thrown away") {
    Folder folder;
    Ledger ledger;
    fill(folder, ledger);
    CHECK(folder.marker().size() == 36);
    folder.set_marker("0e9d9a0e-0000-0000-0000-000000000000");
    CHECK(kept(folder) == 0);
    const auto store = folder.open();
    REQUIRE(views::catch_up(ledger.log, *store));
    CHECK(store->snapshot()->checkpoint().position == ledger.log.head().position);
    CHECK(folder.marker() != "0e9d9a0e-0000-0000-0000-000000000000");
}

TEST_CASE("rows that were closed are kept over a boot, and writing takes the mark away") {
    Folder folder;
    Ledger ledger;
    fill(folder, ledger);
    folder.set_marker("clean");
    CHECK(kept(folder) == ledger.log.head().position);
    CHECK(folder.marker() == "clean");
    ledger.submit("k", day(1));
    REQUIRE(views::catch_up(ledger.log, *folder.open()));
    CHECK(folder.marker() != "clean");
}

TEST_CASE("without a marker nothing is trusted") {
    Folder folder;
    Ledger ledger;
    fill(folder, ledger);
    fs::remove(folder.path / "marker");
    CHECK(kept(folder) == 0);
}

TEST_CASE("rows of another schema are not read, made anew by catching up, and leave nothing in the file") {
    for (const bool in_use : {false, true}) {
        INFO("somebody else has them open: " << in_use);
        Folder folder;
        Ledger ledger;
        fill(folder, ledger);
        const auto other_program = [&](const auto& step) {
            engine::EnvironmentOptions options;
            options.file = folder.path / "views.mdb";
            options.durable = false;
            options.databases_max = 64;
            auto environment = engine::Environment::open(options);
            REQUIRE(environment);
            step(**environment);
        };
        other_program([](engine::Environment& environment) {
            REQUIRE(environment.database("a.of-old", engine::KeyOrder::octets, true));
            auto meta = environment.database("meta", engine::KeyOrder::octets, false);
            REQUIRE(meta);
            REQUIRE(environment.write([&](engine::WriteTransaction& transaction) {
                return transaction.put(*meta, engine::octets_of("a.rows"),
                                       engine::octets_of("0123456789abcdef"));
            }));
        });
        std::optional<views::lmdb::Marker> somebody;
        if (in_use) {
            auto marker = views::lmdb::Marker::open(folder.path / "marker");
            REQUIRE(marker);
            somebody.emplace(std::move(*marker));
        }
        {
            const auto store = folder.open();
            CHECK_FALSE(store->snapshot());
            views::Views all(ledger.log, *store, ledger.zones);
            CHECK(all.moment({day(1), std::nullopt, std::nullopt})->certificate(ada(), {"k"})->status ==
                  Status::issued);
            CHECK_FALSE(all.verify());
            REQUIRE(all.catch_up());
            CHECK(store->snapshot()->checkpoint().position == ledger.log.head().position);
            CHECK(all.verify()->equal());
        }
        // A file that others read stays as it is but for what is written anew.
        other_program([&](engine::Environment& environment) {
            CHECK(environment.database("a.of-old", engine::KeyOrder::octets, false).has_value() == in_use);
        });
    }
}

TEST_CASE("a file that is no LMDB file is thrown away and made anew") {
    Folder folder;
    Ledger ledger;
    fill(folder, ledger);
    {
        std::ofstream file(folder.path / "views.mdb", std::ios::binary | std::ios::trunc);
        file << std::string(64 * 1'024, 'x');
    }
    const auto store = folder.open();
    REQUIRE(views::catch_up(ledger.log, *store));
    CHECK(store->snapshot()->checkpoint().position == ledger.log.head().position);
}

TEST_CASE("one process sees what another has written, also after its rebuild") {
    Folder folder;
    Ledger ledger;
    ledger.make("k", {"a.com"}, day(0), day(100));
    // Before the fork nothing of LMDB is open.
    int ready[2];
    int go[2];
    REQUIRE(::pipe(ready) == 0);
    REQUIRE(::pipe(go) == 0);
    char octet = 0;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int fault = 0;
        {
            auto store = LmdbRowStore::open(folder.path);
            views::Views all(ledger.log, **store, ledger.zones);
            if (!all.catch_up()) fault = 1;
            static_cast<void>(!::write(ready[1], "1", 1));
            static_cast<void>(!::read(go[0], &octet, 1));
            if (!all.rebuild()) fault = 2;
        }
        ::_exit(fault);
    }
    REQUIRE(::read(ready[0], &octet, 1) == 1);
    const auto store = folder.open();
    const views::Views all(ledger.log, *store, ledger.zones);
    CHECK(store->snapshot()->checkpoint().position == ledger.log.head().position);
    REQUIRE(::write(go[1], "1", 1) == 1);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(store->snapshot()->checkpoint().position == ledger.log.head().position);
    CHECK(all.verify()->equal());
}

}  // namespace certledger::test
