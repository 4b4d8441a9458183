// A full disk, a limit on file sizes and a full map: the program says so with exit code 5, nothing is there
// by half, and it goes on when there is room again.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <cstdio>

#include "support/failed_run.hpp"
#include "support/lmdb_log.hpp"
#include "support/scratch.hpp"
#include "support/workers.hpp"

using namespace certledger;
using namespace certledger::durability;
using certledger::store::testing::Scratch;

namespace {

/// A small disk of its own, where this user may mount one.
class SmallDisk {
  public:
    SmallDisk(const std::filesystem::path& place, std::uint64_t octets) : place_(place) {
        std::filesystem::create_directories(place);
        mounted_ = ::mount("tmpfs", place.c_str(), "tmpfs", 0, size(octets).c_str()) == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) ::umount2(place_.c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool mounted() const { return mounted_; }
    void grow() const {
        if (::mount("tmpfs", place_.c_str(), "tmpfs", MS_REMOUNT, size(std::uint64_t{64} << 20U).c_str()) !=
            0)
            throw std::runtime_error("the disk cannot be made larger");
    }

  private:
    static std::string size(std::uint64_t octets) { return "size=" + std::to_string(octets); }
    std::filesystem::path place_;
    bool mounted_ = false;
};

enum Count : std::size_t { runs, full };

std::vector<Answered> sound_answers(const std::filesystem::path& place, const std::vector<Breath>& work) {
    const FailedRun run = run_exec(place / "sound", work, {});
    if (run.code != 0) throw std::runtime_error("the work does not go well: " + run.complaints);
    return run.answers;
}

void judge_full(const std::filesystem::path& ledger, const std::vector<Breath>& work, const FailedRun& run,
                const std::vector<Answered>& sound, Report& report) {
    report.count(runs);
    if (run.code != 0) report.count(full);
    try {
        if (require_honest(ledger, work, run, sound))
            report.fail("nothing unknown is to be expected of a full disk");
    } catch (const std::exception& fault) {
        report.fail(fault.what());
    }
}

std::vector<Breath> growing_work() {
    auto work = mixed_work("d", 12);
    work.push_back(large_breath("e", 150));
    return work;
}

}  // namespace

TEST_CASE(
    "on a full disk the program ends with exit code 5, has nothing by half, and goes on when there is room") {
    const Scratch scratch;
    const bool may_mount = SmallDisk(scratch / "probe", 1U << 20U).mounted();
    if (!may_mount) std::printf("full disk: no disk can be mounted here, file size limits alone are tried\n");
    const auto work = growing_work();
    const auto sound = sound_answers(scratch.path(), work);
    const std::uint64_t step = 16'384 / std::min<std::uint64_t>(factor(), 8);
    const unsigned count = workers();
    const Total total = run_workers(count, [&](unsigned number, Report& report) {
        for (std::uint64_t i = number; !report.failed && i * step < (700U << 10U); i += count) {
            const std::uint64_t room = 4'096 + i * step;
            const auto place = scratch.path() / std::to_string(i);
            if (may_mount) {
                report.trying("a disk of " + std::to_string(room) + " octets");
                const SmallDisk disk(place, room);
                const auto run = run_exec(place / "ledger", work, {});
                disk.grow();
                judge_full(place / "ledger", work, run, sound, report);
            }
            report.trying("files of " + std::to_string(room) + " octets");
            const auto limited = scratch.path() / (std::to_string(i) + "-limited");
            ProbeOptions limit;
            limit.file_size_max = room;
            std::filesystem::create_directories(limited);
            const auto run = run_exec(limited / "ledger", work, limit);
            judge_full(limited / "ledger", work, run, sound, report);
            std::filesystem::remove_all(limited);
        }
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
    CHECK(total.counts[full] > 10);
    CHECK(total.counts[full] < total.counts[runs]);
    std::printf("full disk: %llu runs, %llu of them ended by it; lost acknowledged events: 0\n",
                static_cast<unsigned long long>(total.counts[runs]),
                static_cast<unsigned long long>(total.counts[full]));
}

TEST_CASE("when the map is full a command fails as a full disk does, and goes on with a larger map") {
    const Scratch scratch;
    const auto open = [&](std::uint64_t map) {
        store::lmdb::LmdbStoreOptions options;
        options.keys_of = &engine::record_keys;
        options.map_size = options.map_size_max = map;
        engine::Assembly assembly = engine::memory_assembly();
        auto log = store::lmdb::LmdbStore::open(scratch / "log", options);
        if (!log) log = store::lmdb::LmdbStore::create(scratch / "log", options);
        if (!log) throw std::runtime_error(log.error().message);
        assembly.log = std::move(*log);
        auto ledger = engine::Ledger::assemble(std::move(assembly), {});
        if (!ledger) throw std::runtime_error(ledger.error().message);
        return std::move(*ledger);
    };
    const auto buy = [](engine::Ledger& ledger, int i) {
        domain::BuyQuota command;
        command.quota = events::QuotaId{"q" + std::to_string(i)};
        command.product = {events::Level::dv, events::Kind::single, 1, 1, "digicert"};
        command.count = 1;
        command.price = events::money_from_string("1.00 USD").value();
        engine::Request request;
        request.id = "c" + std::to_string(i);
        request.account = {"default"};
        request.actor = "ada";
        request.command = command;
        return ledger.execute(std::move(request));
    };
    const Total total = run_workers(1, [&](unsigned, Report& report) {
        report.trying("a full map");
        int i = 0;
        {
            auto ledger = open(std::uint64_t{448} << 10U);
            auto answer = buy(ledger, i);
            while (answer && answer->ok && i < 100'000) answer = buy(ledger, ++i);
            if (answer || answer.error().kind != ErrorKind::outside) report.fail("the map was never full");
            const auto head = ledger.store().head().position;
            if (head != 9U + static_cast<std::uint64_t>(i))
                report.fail("something of the last command is there");
            if (buy(ledger, 0)->replayed != true) report.fail("it does not go on reading");
        }
        auto ledger = open(std::uint64_t{16} << 20U);
        const auto answer = buy(ledger, i);
        if (!answer || !answer->ok || answer->replayed) report.fail("it does not go on with a larger map");
    });
    INFO(total.complaint);
    CHECK(total.complaint.empty());
}

TEST_CASE(
    "when the index's disk is full appends and look-ups go on without it, and it follows when there is "
    "room") {
    const Scratch scratch;
    const SmallDisk disk(scratch / "small", std::uint64_t{64} << 10U);
    if (!disk.mounted()) {
        std::printf("full disk: no disk can be mounted here, that of the index is not tried\n");
        return;
    }
    store::lmdb::LmdbStoreOptions options = store::testing::small_runs();
    options.flush_at = 64;
    store::testing::created(scratch / "log", options)->append(store::testing::append_to("s0", 40)).value();
    // In the place of the file that the first to close has made.
    const auto index = scratch.path() / "log" / "index.mdb";
    std::filesystem::copy_file(index, scratch.path() / "small" / "index.mdb");
    std::filesystem::remove(index);
    std::filesystem::create_symlink(scratch.path() / "small" / "index.mdb", index);

    const auto store = store::testing::reopened(scratch / "log", options);
    const auto append = [&](int times) {
        for (int i = 0; i < times; ++i)
            REQUIRE(store->append(store::testing::append_to("s" + std::to_string(i % 50), 7)));
    };
    append(1'500);
    const auto full = store->index_stats();
    REQUIRE(full);
    CHECK(full->position + 5'000 < store->head().position);
    CHECK(store::testing::fault_of(*store).empty());
    disk.grow();
    append(1'500);
    const auto grown = store->index_stats();
    REQUIRE(grown);
    CHECK(grown->position > full->position + 10'000);
    CHECK(store::testing::fault_of(*store).empty());
}
