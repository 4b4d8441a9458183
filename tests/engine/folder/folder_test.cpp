#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <fstream>

#include "scratch_folder.hpp"
#include "support.hpp"

using namespace certledger;
using namespace certledger::testing;
namespace fs = std::filesystem;

namespace {

engine::LedgerOptions only_there() {
    engine::LedgerOptions options;
    options.create_if_missing = false;
    return options;
}

mode_t mode_of(const fs::path& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a ledger is made on first use and found again") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    CHECK_FALSE(engine::Ledger::exists(path));
    engine::Answer first;
    {
        auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
        first = must(ledger.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
        CHECK(first.position == 10U);
        CHECK(ledger.folder_log() != nullptr);
        REQUIRE(ledger.close());
    }
    CHECK(engine::Ledger::exists(path));
    auto again = must(engine::Ledger::open(path, only_there()));
    CHECK(again.info().simulated_time);
    CHECK(again.info().origin == "test.example/log");
    const auto replay = must(again.execute(request("c1", buy_quota("q1"), "2026-01-01T00:00:00Z")));
    CHECK(replay.replayed);
    CHECK(replay.events == first.events);
}

TEST_CASE("where there is no ledger and none may be made it is not found, and nothing is left there") {
    const ScratchFolder scratch;
    const auto opened = engine::Ledger::open(scratch.at("ledger"), only_there());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::not_found);
    CHECK_FALSE(fs::exists(scratch.at("ledger")));
    auto read_only = only_there();
    read_only.create_if_missing = true;
    read_only.read_only = true;
    const auto read = engine::Ledger::open(scratch.at("ledger"), read_only);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::not_found);
    CHECK_FALSE(fs::exists(scratch.at("ledger")));
}

TEST_CASE("an empty folder can become a ledger, one with other things cannot") {
    const ScratchFolder scratch;
    fs::create_directory(scratch.at("empty"));
    CHECK(engine::Ledger::open(scratch.at("empty"), {}));
    fs::create_directory(scratch.at("full"));
    std::ofstream(scratch.at("full") + "/letter.txt") << "Dear Ada";
    const auto full = engine::Ledger::open(scratch.at("full"), {});
    REQUIRE_FALSE(full);
    CHECK(full.error().kind == ErrorKind::invalid_input);
    const auto file = engine::Ledger::open(scratch.at("full") + "/letter.txt", {});
    REQUIRE_FALSE(file);
    CHECK(file.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a ledger is made once") {
    const ScratchFolder scratch;
    { const auto made = must(engine::Ledger::create(scratch.at("ledger"), {})); }
    const auto again = engine::Ledger::create(scratch.at("ledger"), {});
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a ledger in PostgreSQL is not available in this build, and no other address is a folder's name") {
    for (const char* url : {"postgres://db/ledger", "http://host/ledger"}) {
        const auto opened = engine::Ledger::open(url, {});
        REQUIRE_FALSE(opened);
        CHECK(opened.error().kind == ErrorKind::invalid_input);
        CHECK_FALSE(engine::Ledger::exists(url));
    }
    CHECK_FALSE(fs::exists("http:"));
}

TEST_CASE("--now without simulated time makes no ledger") {
    const ScratchFolder scratch;
    engine::LedgerOptions options;
    options.now = at("2026-01-01T00:00:00Z");
    for (const auto& made :
         {engine::Ledger::create(scratch.at("ledger"), options).map([](auto&&) { return 0; }),
          engine::Ledger::open(scratch.at("ledger"), options).map([](auto&&) { return 0; })}) {
        REQUIRE_FALSE(made);
        CHECK(made.error().kind == ErrorKind::invalid_input);
    }
    CHECK_FALSE(fs::exists(scratch.at("ledger")));
}

TEST_CASE("a log whose first octets are not those of a log is damaged") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    { const auto made = must(engine::Ledger::create(path, {})); }
    std::ofstream(path + "/log/data.mdb", std::ios::trunc) << std::string(65'536, 'x');
    const auto opened = engine::Ledger::open(path, {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::damaged);
}

TEST_CASE("a ledger whose log is gone is damaged, and no new one is begun in its place") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    {
        auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
        must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
        must(ledger.vault());
    }
    const auto expect_damaged = [&] {
        const auto opened = engine::Ledger::open(path, SharedLedger::simulated());
        REQUIRE_FALSE(opened);
        CHECK(opened.error().kind == ErrorKind::damaged);
    };
    const fs::path log = fs::path(path) / "log";
    fs::rename(log / "data.mdb", scratch.at("kept"));
    expect_damaged();
    CHECK_FALSE(fs::exists(log / "data.mdb"));
    fs::rename(log, scratch.at("log"));
    expect_damaged();
    fs::rename(scratch.at("log"), log);
    fs::rename(scratch.at("kept"), log / "data.mdb");
    auto ledger = must(engine::Ledger::open(path, only_there()));
    CHECK(must(ledger.certificate({"k1"}))->exists());
}

TEST_CASE("where an open ledger's folder was taken away neither views nor vault are begun anew") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
    fs::rename(path, scratch.at("elsewhere"));
    CHECK(ledger.views().error().kind == ErrorKind::outside);
    CHECK(ledger.vault().error().kind == ErrorKind::outside);
    CHECK_FALSE(fs::exists(path));
}

TEST_CASE("folders and files of a ledger are for their owner alone") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
    must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    must(ledger.execute(request("b", apply_for("k1"))));
    must(ledger.views());
    CHECK(mode_of(path) == 0700);
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        INFO(entry.path());
        CHECK(mode_of(entry.path()) == (entry.is_directory() ? 0700U : 0600U));
    }
    CHECK(fs::exists(path + "/vault/master.key"));
}

TEST_CASE("keys and sealed data are there after a restart") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    {
        auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
        must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
        must(ledger.execute(request("b", apply_for("k1"))));
    }
    auto ledger = must(engine::Ledger::open(path, only_there()));
    CHECK(must(ledger.private_key({"k1"})));
    CHECK(must(must(ledger.vault())->verify()) >= 2);
    CHECK(must(ledger.execute(request("b", apply_for("k1")))).replayed);
}

TEST_CASE("a ledger that is opened for reading only answers about everything and writes nothing") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    {
        auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
        must(ledger.execute(request("a", buy("k1"), "2026-01-01T00:00:00Z")));
    }
    engine::LedgerOptions options;
    options.read_only = true;
    auto ledger = must(engine::Ledger::open(path, options));
    auto* const views = must(ledger.views());
    const auto moment = must(views->moment({ledger.query_now(), std::nullopt, std::nullopt}));
    CHECK(moment.certificate(events::AccountId{"default"}, events::CertificateId{"k1"}));
    CHECK_FALSE(fs::exists(path + "/views"));
    CHECK_FALSE(ledger.execute(request("b", buy("k2"))));
}

TEST_CASE("a folder in which the making of a log was interrupted becomes a ledger") {
    const ScratchFolder scratch;
    const std::string path = scratch.at("ledger");
    fs::create_directories(path + "/log");
    const auto refused = engine::Ledger::open(path, only_there());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::not_found);
    auto ledger = must(engine::Ledger::open(path, SharedLedger::simulated()));
    CHECK(ledger.store().head().position == 9);
}
