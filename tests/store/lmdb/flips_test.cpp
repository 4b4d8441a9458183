// A flipped bit anywhere in the log's file: whatever it hits, the answers are the right ones or damage is
// reported; a process never dies of it but by the guard's exit code 4.
#include <sys/mman.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/store/lmdb/fault_guard.hpp>
#include <cstdio>

#include "support/child.hpp"
#include "support/lmdb_log.hpp"
#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

constexpr int kReported = 4;

/// What the children tell the parent.
struct Shared {
    std::atomic<std::size_t> next;  ///< The flip that is being tried.
    std::atomic<std::size_t> harmless;
    std::atomic<std::size_t> reported;
    std::atomic<std::size_t> by_guard;
    std::array<char, 400> complaint;
};

struct Flip {
    std::size_t at = 0;
    unsigned bit = 0;
};

/// What a flip is tried with.
struct Trial {
    std::filesystem::path folder;
    std::vector<std::uint8_t> whole;
    std::vector<Seen> records;
    events::Digest root{};
    std::vector<Flip> flips;
    LmdbStoreOptions options;
    bool appends = false;
};

void fill(EventStore& store) {
    for (std::size_t i = 0; i < 10; ++i) {
        Append append;
        for (std::size_t j = 0; j < (i == 6 ? 14 : 1 + i % 2); ++j)
            append.records.push_back(
                pending_command("s" + std::to_string((i + j) % 5), "c" + std::to_string(i % 6)));
        if (!store.append(append)) throw std::runtime_error("cannot fill");
    }
}

Trial made_trial(const Scratch& scratch) {
    Trial trial;
    trial.folder = scratch / "log";
    trial.options = quick_options();
    {
        const auto store = created(trial.folder, trial.options);
        fill(*store);
        trial.records = whole_log(*store);
        trial.root = store->tree_head(trial.records.size())->root;
    }
    std::filesystem::remove(trial.folder / "index.mdb");
    std::filesystem::remove(trial.folder / "index.mdb-lock");
    trial.whole = octets_in(trial.folder / "data.mdb");
    return trial;
}

/// An empty text, or what is wrong: an answer that is neither right nor reported.
std::string compare(const EventStore& store, const Trial& trial, bool& reported) {
    std::size_t next = 0;
    std::string wrong;
    const auto read = store.read_all(
        1, ~std::uint64_t{0}, [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
            if (next >= trial.records.size() || trial.records[next].position != record.position ||
                !std::equal(bytes.begin(), bytes.end(), trial.records[next].bytes.begin(),
                            trial.records[next].bytes.end()))
                wrong = "another record at " + std::to_string(record.position);
            ++next;
            return wrong.empty();
        });
    if (!wrong.empty()) return wrong;
    if (!read) {
        reported = true;
        return read.error().kind == ErrorKind::damaged ? ""
                                                       : "reported as another kind: " + read.error().message;
    }
    if (next != trial.records.size()) return "only " + std::to_string(next) + " records, without a word";
    const auto tree = store.tree_head(next);
    if (!tree) {
        reported = true;
        return {};
    }
    if (tree->root != trial.root) return "another root";
    const std::string fault = fault_of(store, &reported);
    return reported ? "" : fault;
}

/// Opens the flipped file, reads everything, appends where asked to.
std::string try_flip(const Trial& trial, bool with_append, bool& reported) {
    LmdbStoreOptions options = trial.options;
    options.read_only = !with_append;
    auto store = LmdbStore::open(trial.folder, options);
    if (!store) {
        reported = true;
        // A flip in the format or size may also look like no log, or need more than there is.
        return {};
    }
    try {
        if (auto wrong = compare(**store, trial, reported); !wrong.empty() || reported || !with_append)
            return wrong;
        const auto stored = (*store)->append(append_to("s1", 3));
        if (!stored) {
            reported = true;
            return {};
        }
        const std::string fault = fault_of(**store, &reported);
        return reported ? "" : fault;
    } catch (const OutcomeUnknown&) {
        reported = true;
        return {};
    }
}

/// Goes through the flips from shared.next on, until something ends the process.
int try_all(const Trial& trial, Shared& shared) {
    std::freopen("/dev/null", "w", stderr);
    lmdb::install_fault_guard();
    const auto file = trial.folder / "data.mdb";
    for (std::size_t i = shared.next; i < trial.flips.size(); ++i) {
        shared.next = i;
        const auto [at, bit] = trial.flips[i];
        const bool with_append = trial.appends && i % 7 == 0;
        put_octet(file, at, static_cast<std::uint8_t>(trial.whole[at] ^ (1U << bit)));
        ::alarm(60);
        bool reported = false;
        const std::string wrong = try_flip(trial, with_append, reported);
        ::alarm(0);
        if (!wrong.empty()) {
            std::snprintf(shared.complaint.data(), shared.complaint.size(), "octet %zu bit %u: %s", at, bit,
                          wrong.c_str());
            return 1;
        }
        ++(reported ? shared.reported : shared.harmless);
        if (with_append) {
            write_octets(file, trial.whole);
            std::filesystem::remove(trial.folder / "index.mdb");
            std::filesystem::remove(trial.folder / "index.mdb-lock");
        } else {
            put_octet(file, at, trial.whole[at]);
        }
    }
    shared.next = trial.flips.size();
    return 0;
}

void run(const Trial& trial) {
    void* const memory =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    Shared& shared = *new (memory) Shared{};
    while (shared.next < trial.flips.size()) {
        write_octets(trial.folder / "data.mdb", trial.whole);
        std::filesystem::remove(trial.folder / "data.mdb-lock");
        std::filesystem::remove(trial.folder / "index.mdb");
        std::filesystem::remove(trial.folder / "index.mdb-lock");
        const Ended ended = run_in_child([&] { return try_all(trial, shared); });
        const Flip flip = trial.flips[std::min<std::size_t>(shared.next, trial.flips.size() - 1)];
        INFO("octet " << flip.at << ", bit " << flip.bit << ": " << ended << " " << shared.complaint.data());
        REQUIRE((ended == Ended{0, 0} || ended == Ended{kReported, 0}));
        if (ended.exit_code == 0) break;
        ++shared.by_guard;
        ++shared.next;
    }
    UNSCOPED_INFO(shared.harmless << " harmless, " << shared.reported << " reported, " << shared.by_guard
                                  << " ended by the guard");
    CHECK(shared.harmless + shared.reported + shared.by_guard == trial.flips.size());
    CHECK(shared.reported > trial.flips.size() / 20);
    ::munmap(memory, sizeof(Shared));
}

/// One bit of every octet that says something, some of those in empty space.
std::vector<Flip> flips_of(const std::vector<std::uint8_t>& whole, std::size_t step) {
    std::vector<Flip> flips;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        const bool structure = at % 4096 < 160;
        if (!structure && (whole[at] == 0 ? at % 29 != 0 : at % step != 0)) continue;
        flips.push_back({at, static_cast<unsigned>((at * 5 + 3) % 8)});
        if (at < 8192 && structure) flips.push_back({at, static_cast<unsigned>((at * 5 + 6) % 8)});
    }
    return flips;
}

}  // namespace

TEST_CASE("every flipped bit in a small log is harmless or reported") {
    const Scratch scratch;
    Trial trial = made_trial(scratch);
    trial.flips = flips_of(trial.whole, 1);
    trial.appends = true;
    CHECK(trial.flips.size() > 5000);
    run(trial);
}

TEST_CASE("a flipped bit that nobody looked for before does not crash a reader") {
    const Scratch scratch;
    Trial trial = made_trial(scratch);
    // As in a log too large to be walked through when it is opened.
    trial.options.check_up_to = 0;
    trial.flips = flips_of(trial.whole, 7);
    run(trial);
}
