// Redoing a commit while processes end, the disk fails, or the map is too small for what is to be redone.
#include "support/broken_disk.hpp"
#include "support/last_commit.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

TEST_CASE("redoing may be broken off at any write") {
    const std::size_t records = GENERATE(3U, 40U, 400U);
    const Scratch scratch;
    const Commit commit(scratch, {.records = records, .with_reader = true});
    std::size_t broken_off = 0;
    for (Ended ended{kBrokenOff, 0}; ended == Ended{kBrokenOff, 0}; ++broken_off) {
        commit.put(commit.cut());
        ended = run_in_child([&] {
            broken_disk().end_behind_write = broken_off + 1;
            return LmdbStore::open(commit.folder(), durable_options()) ? 0 : 1;
        });
        INFO("after " << broken_off + 1 << " writes");
        CHECK((ended == Ended{0, 0} || ended == Ended{kBrokenOff, 0}));
        CHECK(same_records(*reopened(commit.folder(), durable_options()), commit.records()));
    }
    CHECK(broken_off > 3);
}

TEST_CASE("what stands behind the map is redone") {
    Commit::Course course{.records = 1'700, .with_reader = true};
    course.options.preallocate = false;
    SECTION("the commit itself, for which the map was made larger") {
        course.options.map_size = std::uint64_t{1} << 20U;
        course.filled_to = 700'000;
    }
    SECTION("what is set aside") {
        course.options.map_size = std::uint64_t{2} << 20U;
        course.filled_to = std::size_t{1} << 20U;
    }
    const Scratch scratch;
    const Commit commit(scratch, course);
    for (std::size_t sync = 0; sync < 8; ++sync) {
        commit.put(commit.cut());
        const Ended ended = run_in_child([&] {
            broken_disk().end_before_sync = sync;
            return LmdbStore::open(commit.folder(), course.options) ? 0 : 1;
        });
        INFO("ended before sync " << sync << ", 0: not at all; " << ended);
        CHECK((ended == Ended{0, 0} || ended == Ended{kBrokenOff, 0}));
        CHECK(same_records(*reopened(commit.folder(), course.options), commit.records()));
    }
}

TEST_CASE("redoing that the disk refuses is an error, and nothing is lost") {
    const std::size_t records = GENERATE(3U, 40U);
    const Scratch scratch;
    const Commit commit(scratch, {.records = records, .with_reader = true});
    for (std::size_t write = 1; write < 12; ++write) {
        commit.put(commit.cut());
        const Ended ended = run_in_child([&] {
            broken_disk().fail_write = write;
            const auto opened = LmdbStore::open(commit.folder(), durable_options());
            return opened || opened.error().kind == ErrorKind::outside ? 0 : 1;
        });
        INFO("write " << write << " failed");
        CHECK(ended == Ended{0, 0});
        const auto store = reopened(commit.folder(), durable_options());
        CHECK(same_records(*store, commit.records()));
        Commit::append(*store, 40);
        CHECK(fault_of(*store).empty());
    }
}

TEST_CASE("before redoing writes over where the commit before stands, that one is on the disk") {
    const Scratch scratch;
    const Commit earlier(scratch);
    const File sooner = earlier.cut();
    const File answered = earlier.after();
    // The flush of the next fails and lets the system take the answered one's meta page for written; then the
    // process is gone.
    { Commit::append(*reopened(earlier.folder(), durable_options()), 40); }
    File memory = octets_in(earlier.file());
    std::copy_n(answered.begin(), kMetaPages, memory.begin());
    for (std::size_t syncs = 0; syncs < 3; ++syncs) {
        earlier.put(memory);
        WatchedWrites writes(syncs);
        {
            const auto store = reopened(earlier.folder(), durable_options());
            CHECK(store->head().position == earlier.end() + 40);
        }
        earlier.put(writes.on(sooner));
        INFO(syncs << " syncs of the redoing");
        CHECK(reopened(earlier.folder(), durable_options())->head().position >= earlier.end());
    }
}

namespace {

struct Turns {
    sem_t opens;
    sem_t opened;
};
Turns* turns = nullptr;

/// The lock of writers is free, and the failed commit has not taken back what it kept.
void let_another_open() {
    ::sem_post(&turns->opens);
    while (::sem_wait(&turns->opened) != 0) continue;
}

}  // namespace

struct MDB_txn;
extern "C" int __real_mdb_txn_renew(MDB_txn* transaction);
/// In place of LMDB's; a commit that failed looks once whether LMDB still gives snapshots.
extern "C" int __wrap_mdb_txn_renew(MDB_txn* transaction) {
    if (turns != nullptr && broken_disk().fail_sync == 0) {
        let_another_open();
        turns = nullptr;
    }
    return __real_mdb_txn_renew(transaction);
}

TEST_CASE("a commit that failed is not there, though another began to redo it meanwhile") {
    const std::size_t records = GENERATE(3U, 40U);
    const bool other_ends = GENERATE(true, false);
    const Scratch scratch;
    { Commit::append(*created(scratch / "log", durable_options()), 4); }
    auto* const shared = static_cast<Turns*>(
        ::mmap(nullptr, sizeof(Turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    ::sem_init(&shared->opens, 1, 0);
    ::sem_init(&shared->opened, 1, 0);
    Child other([&] {
        while (::sem_wait(&shared->opens) != 0) continue;
        const Ended ended = run_in_child([&] {
            // A large one is set aside and named before: these are two.
            const std::size_t sync = records > 3 ? 3 : 1;
            (other_ends ? broken_disk().end_before_sync : broken_disk().fail_sync) = sync;
            return LmdbStore::open(scratch / "log", durable_options()) ? 1 : 0;
        });
        ::sem_post(&shared->opened);
        return ended == Ended{other_ends ? kBrokenOff : 0, 0} ? 0 : 1;
    });
    const Ended failed = run_in_child([&] {
        const auto store = reopened(scratch / "log", durable_options());
        Append append = append_to("s", records);
        broken_disk().fail_sync = 1;
        turns = shared;
        const auto outcome = store->append(append);
        return !outcome && outcome.error().kind == ErrorKind::outside ? 0 : 1;
    });
    CHECK(failed == Ended{0, 0});
    CHECK(other.wait() == Ended{0, 0});
    const auto store = reopened(scratch / "log", durable_options());
    CHECK(store->head().position == 4);
    CHECK(fault_of(*store).empty());
    ::munmap(shared, sizeof(Turns));
}
