// A commit waits for the disk once: the log's own room says where what a power cut may take from LMDB stands.
// tests/durability/ cuts the power at every step; here stands what it leaves, made by hand.
#include <sys/resource.h>

#include <certledger/store/lmdb/environment.hpp>
#include <csignal>

#include "support/last_commit.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

TEST_CASE("what a power cut took from LMDB is redone by whoever opens the log next") {
    const std::size_t records = GENERATE(3U, 40U, 2'000U);
    const Scratch scratch;
    const Commit commit(scratch, {.records = records});
    LmdbStoreOptions options = durable_options();
    options.read_only = GENERATE(false, true);
    commit.put(commit.cut_in_another_boot());
    {
        const auto store = reopened(commit.folder(), options);
        CHECK(same_records(*store, commit.records()));
        CHECK(fault_of(*store).empty());
    }
    // Once is enough, and what comes next follows it.
    const auto store = reopened(commit.folder(), durable_options());
    CHECK(same_records(*store, commit.records()));
    for (int i = 0; i < 3; ++i) Commit::append(*store, 2);
    CHECK(store->head().position == commit.end() + 6);
    CHECK(fault_of(*store).empty());
}

TEST_CASE("two commits are redone when the power was cut in the flush that was to take the first along") {
    const Scratch scratch;
    const Commit commit(scratch, {.commits = 2});
    commit.put(commit.cut());
    CHECK(same_records(*reopened(commit.folder(), durable_options()), commit.records()));
}

TEST_CASE("of two large commits the first is redone, the second was not answered") {
    const Scratch scratch;
    const Commit commit(scratch, {.records = 40, .commits = 2});
    commit.put(commit.cut());
    const auto store = reopened(commit.folder(), durable_options());
    CHECK(store->head().position == commit.end() - 40);
    CHECK(fault_of(*store).empty());
    Commit::append(*store, 40);
    CHECK(store->head().position == commit.end());
    CHECK(fault_of(*store).empty());
}

TEST_CASE("without the log's own room the commit would be lost") {
    const Scratch scratch;
    const Commit commit(scratch);
    File cut = commit.cut();
    const Stretch redo = redo_in(cut);
    std::fill(cut.begin() + static_cast<std::ptrdiff_t>(redo.begin),
              cut.begin() + static_cast<std::ptrdiff_t>(redo.end), std::uint8_t{0});
    commit.put(cut);
    CHECK(reopened(commit.folder(), durable_options())->head().position == commit.end() - 3);
}

TEST_CASE("a commit that was torn before anybody was answered is not redone") {
    const std::size_t records = GENERATE(3U, 40U);
    const Scratch scratch;
    const Commit commit(scratch, {.records = records});
    File cut = commit.cut();
    SECTION("an octet is another") { cut[commit.kept_record() + 40] ^= 1U; }
    SECTION("the file ends early") {
        if (records == 3) return;
        cut.resize(commit.kept_record() + 40);
    }
    commit.put(cut);
    const auto store = reopened(commit.folder(), durable_options());
    CHECK(store->head().position == commit.end() - records);
    Commit::append(*store, 2);
    CHECK(store->head().position == commit.end() - records + 2);
    CHECK(fault_of(*store).empty());
}

TEST_CASE("a reader of the same boot leaves alone what was never answered") {
    const Scratch scratch;
    const Commit commit(scratch);
    commit.put(commit.cut());
    LmdbStoreOptions options = durable_options();
    options.read_only = true;
    CHECK(reopened(commit.folder(), options)->head().position == commit.end() - 3);
    CHECK(octets_in(commit.file()) == commit.cut());
    CHECK(reopened(commit.folder(), durable_options())->head().position == commit.end());
}

TEST_CASE("a copy of a log has nothing of a commit that is under way") {
    const Scratch scratch;
    const Commit commit(scratch);
    commit.put(commit.cut());
    LmdbStoreOptions options = durable_options();
    options.read_only = true;
    std::filesystem::create_directory(scratch / "copy");
    REQUIRE(reopened(commit.folder(), options)->copy_to(scratch / "copy" / "data.mdb"));
    CHECK_FALSE(std::filesystem::exists(scratch / "copy" / "data.mdb.partial-lock"));
    {
        lmdb::EnvironmentOptions copy;
        copy.file = scratch / "copy" / "data.mdb";
        const auto environment = lmdb::Environment::open(copy);
        REQUIRE(environment);
        CHECK((*environment)->read()->get((*environment)->main(), lmdb::octets_of("redo")) == std::nullopt);
    }
    const auto copy = reopened(scratch / "copy", durable_options());
    CHECK(copy->head().position == commit.end() - 3);
    Commit::append(*copy, 2);
    CHECK(fault_of(*copy).empty());
}

TEST_CASE("redoing that fails says so, to a reader as well, and leaves it to the next") {
    const Scratch scratch;
    const Commit commit(scratch, {.records = GENERATE(3U, 40U)});
    LmdbStoreOptions options = durable_options();
    options.read_only = GENERATE(false, true);
    commit.put(commit.cut_in_another_boot());
    const Ended ended = run_in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{kPageSize, kPageSize};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
        const auto refused = LmdbStore::open(commit.folder(), options);
        return !refused && refused.error().kind == ErrorKind::outside ? 0 : 2;
    });
    CHECK(ended == Ended{0, 0});
    CHECK(same_records(*reopened(commit.folder(), durable_options()), commit.records()));
}

TEST_CASE("whoever must not write reads the log without the commit that is missing") {
    namespace fs = std::filesystem;
    const Scratch scratch;
    const Commit commit(scratch);
    commit.put(commit.cut_in_another_boot());
    const File before = octets_in(commit.file());
    { std::ofstream(commit.folder() / "data.mdb-lock"); }
    fs::permissions(commit.folder() / "data.mdb-lock", fs::perms(0666));
    fs::permissions(commit.file(), fs::perms(0444));
    for (const auto& folder : {scratch.path(), commit.folder()}) fs::permissions(folder, fs::perms(0755));
    const Ended ended = run_in_child([&] {
        constexpr uid_t nobody = 65'534;
        if (::geteuid() == 0 && ::setuid(nobody) != 0) return 1;
        LmdbStoreOptions options = durable_options();
        options.read_only = true;
        const auto store = LmdbStore::open(commit.folder(), options);
        return store && (*store)->head().position == commit.end() - 3 ? 0 : 2;
    });
    CHECK(ended == Ended{0, 0});
    CHECK(octets_in(commit.file()) == before);
}
