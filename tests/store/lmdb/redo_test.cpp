// A small commit waits for the disk once: what a power cut may take from LMDB is then in the log's own room.
// tests/durability/ cuts the power at every step; here stands what it leaves, made by hand.
#include <dlfcn.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/events/little_endian.hpp>
#include <certledger/store/lmdb/environment.hpp>
#include <csignal>
#include <optional>

#include "support/child.hpp"
#include "support/lmdb_log.hpp"
#include "support/log_pages.hpp"
#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

using File = std::vector<std::uint8_t>;

constexpr int kBrokenOff = 9;

/// After so many more writes this process ends; 0: it does not.
std::size_t ends_after = 0;

void written() {
    if (ends_after != 0 && --ends_after == 0) ::_exit(kBrokenOff);
}

/// A process that holds a snapshot of a log once it is told to. Made before the log is opened: it is forked
/// off.
class StayingReader {
  public:
    explicit StayingReader(const std::filesystem::path& folder)
        : turns_(static_cast<Turns*>(
              ::mmap(nullptr, sizeof(Turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
        for (sem_t* turn : {&turns_->begin, &turns_->holds, &turns_->end}) ::sem_init(turn, 1, 0);
        child_.emplace([this, folder] { return hold(folder); });
    }
    ~StayingReader() {
        ::sem_post(&turns_->end);
        CHECK(child_->wait() == Ended{0, 0});
        ::munmap(turns_, sizeof(Turns));
    }
    void take_snapshot() {
        ::sem_post(&turns_->begin);
        wait_for(turns_->holds);
    }

  private:
    struct Turns {
        sem_t begin;
        sem_t holds;
        sem_t end;
    };
    static void wait_for(sem_t& turn) {
        while (::sem_wait(&turn) != 0) continue;
    }
    int hold(const std::filesystem::path& folder) {
        wait_for(turns_->begin);
        LmdbStoreOptions options = durable_options();
        options.read_only = true;
        const auto read = reopened(folder, options)->read_all(1, 1, [this](const auto&, auto) {
            ::sem_post(&turns_->holds);
            wait_for(turns_->end);
            return false;
        });
        return read ? 0 : 1;
    }

    Turns* turns_;
    std::optional<Child> child_;
};

/// A log as it is before and after its last commit.
class Commit {
  public:
    /// `records`: of the last commit, or of so many; those before have one. With a reader that stays no page
    /// that became free is used again.
    explicit Commit(const Scratch& scratch, std::size_t records = 3, int commits = 1,
                    bool with_reader = false)
        : folder_(scratch / "log") {
        std::optional<StayingReader> reader;
        if (with_reader) reader.emplace(folder_);
        const auto store = created(folder_, durable_options());
        append(*store, 1);
        if (with_reader) reader->take_snapshot();
        for (int i = 0; i < 3; ++i) append(*store, 1);
        before_ = octets_in(file());
        for (int i = 0; i < commits; ++i) append(*store, records);
        seen_ = whole_log(*store);
        after_ = octets_in(file());
    }

    [[nodiscard]] std::filesystem::path file() const { return folder_ / "data.mdb"; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] Position end() const { return seen_.size(); }
    [[nodiscard]] const std::vector<Seen>& records() const { return seen_; }

    /// All that was synced is there; LMDB's meta page, which was not, is not.
    [[nodiscard]] File cut() const {
        File cut = after_;
        std::copy_n(before_.begin(), kMetaPages, cut.begin());
        return cut;
    }
    /// Where the last record stands that would be redone: in the log's own room, or in pages of LMDB's that
    /// only a half of it names.
    [[nodiscard]] std::size_t kept_record() const {
        const Stretch redo = redo_in(after_);
        const auto& octets = seen_.back().bytes;
        const auto in = [&](std::size_t from, std::size_t to) {
            const auto end = after_.begin() + static_cast<std::ptrdiff_t>(to);
            const auto found = std::search(after_.begin() + static_cast<std::ptrdiff_t>(from), end,
                                           octets.begin(), octets.end());
            return found == end ? std::optional<std::size_t>()
                                : static_cast<std::size_t>(found - after_.begin());
        };
        const auto kept = in(redo.begin, redo.end);
        const auto elsewhere = kept ? kept : in(kMetaPages, after_.size());
        REQUIRE(elsewhere);
        return *elsewhere;
    }
    /// The same, found after the system was started again.
    [[nodiscard]] File cut_in_another_boot() const {
        constexpr std::size_t boot_at = 24;
        constexpr std::size_t end_at = 52;
        File cut = this->cut();
        for (const std::size_t half : {0U, 8U << 10U}) {
            std::uint8_t* const at = cut.data() + redo_in(cut).begin + half;
            at[boot_at] ^= 1U;
            const std::size_t covered = end_at + events::load_number<std::uint32_t>(at + 4);
            events::store_number(at, events::crc32c({at + 4, at + covered}));
        }
        return cut;
    }
    void put(const File& file_octets) const {
        write_octets(file(), file_octets);
        for (const char* name : {"data.mdb-lock", "index.mdb", "index.mdb-lock"})
            std::filesystem::remove(folder_ / name);
    }

    static void append(EventStore& store, std::size_t records) {
        Append append;
        for (std::size_t i = 0; i < records; ++i)
            append.records.push_back(pending_command("s" + std::to_string(i % 5), "c" + std::to_string(i)));
        REQUIRE(store.append(append));
    }

  private:
    std::filesystem::path folder_;
    File before_;
    File after_;
    std::vector<Seen> seen_;
};

bool same_records(const EventStore& store, const std::vector<Seen>& records) {
    const auto present = whole_log(store);
    return std::equal(present.begin(), present.end(), records.begin(), records.end(),
                      [](const Seen& one, const Seen& other) { return one.bytes == other.bytes; });
}

}  // namespace

TEST_CASE("what a power cut took from LMDB is redone by whoever opens the log next") {
    const std::size_t records = GENERATE(3U, 40U, 2'000U);
    const Scratch scratch;
    const Commit commit(scratch, records);
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
    const Commit commit(scratch, 3, 2);
    commit.put(commit.cut());
    CHECK(same_records(*reopened(commit.folder(), durable_options()), commit.records()));
}

TEST_CASE("of two large commits the first is redone, the second was not answered") {
    const Scratch scratch;
    const Commit commit(scratch, 40, 2);
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
    const Commit commit(scratch, records);
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
    const Commit commit(scratch, GENERATE(3U, 40U));
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

/// In place of the C library's.
extern "C" ssize_t pwrite(int file, const void* octets, std::size_t size, off_t at) {
    static const auto real =
        reinterpret_cast<ssize_t (*)(int, const void*, std::size_t, off_t)>(::dlsym(RTLD_NEXT, "pwrite"));
    const ssize_t done = real(file, octets, size, at);
    written();
    return done;
}

TEST_CASE("redoing may be broken off at any write") {
    const std::size_t records = GENERATE(3U, 40U, 400U);
    const Scratch scratch;
    const Commit commit(scratch, records, 1, true);
    std::size_t broken_off = 0;
    for (Ended ended{kBrokenOff, 0}; ended == Ended{kBrokenOff, 0}; ++broken_off) {
        commit.put(commit.cut());
        ended = run_in_child([&] {
            ends_after = broken_off + 1;
            return LmdbStore::open(commit.folder(), durable_options()) ? 0 : 1;
        });
        INFO("after " << broken_off + 1 << " writes");
        CHECK((ended == Ended{0, 0} || ended == Ended{kBrokenOff, 0}));
        CHECK(same_records(*reopened(commit.folder(), durable_options()), commit.records()));
    }
    CHECK(broken_off > 3);
}
