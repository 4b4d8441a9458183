// A commit that the disk refuses while others open the log: what was said to be not written is not there.
#include <sys/mman.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>

#include "support/broken_disk.hpp"
#include "support/child.hpp"
#include "support/lmdb_log.hpp"
#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

struct Counts {
    std::atomic<bool> stop;
    std::atomic<std::size_t> openings;
    std::atomic<std::size_t> written;
    std::atomic<std::size_t> refused;
    std::atomic<std::size_t> unknown;
    std::atomic<std::size_t> wrong;
};

int open_all_the_time(const std::filesystem::path& folder, Counts& counts) {
    while (!counts.stop) {
        if (!LmdbStore::open(folder, durable_options())) return 1;
        ++counts.openings;
    }
    return 0;
}

/// Every other append fails. Then each that was answered is looked for.
int append_and_fail(const std::filesystem::path& folder, Counts& counts) {
    constexpr std::size_t kAppends = 30'000;
    const auto store = reopened(folder, durable_options());
    broken_disk().error = ENOSPC;
    std::vector<int> answers;
    for (std::size_t i = 0; i < kAppends; ++i) {
        Append append;
        append.records.push_back(pending_command("s", "c" + std::to_string(i)));
        broken_disk().fail_several = i % 2;
        try {
            answers.push_back(store->append(append) ? 1 : 0);
        } catch (const OutcomeUnknown&) {
            answers.push_back(-1);
        }
        broken_disk().fail_several = 0;
    }
    counts.stop = true;
    for (std::size_t i = 0; i < kAppends; ++i) {
        Collector found;
        if (!store->find(command_key("c" + std::to_string(i)), found.visitor())) return 1;
        ++(answers[i] == 1 ? counts.written : answers[i] == 0 ? counts.refused : counts.unknown);
        if (answers[i] >= 0 && found.all.size() != static_cast<std::size_t>(answers[i])) ++counts.wrong;
    }
    return 0;
}

}  // namespace

TEST_CASE(
    "a commit that the disk refuses is not redone by who opens the log just then, or its outcome is "
    "unknown") {
    const Scratch scratch;
    { created(scratch / "log", durable_options())->append(append_to("s", 3)).value(); }
    void* const memory =
        ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    Counts& counts = *new (memory) Counts{};
    {
        Child writer([&] { return append_and_fail(scratch / "log", counts); });
        Child first([&] { return open_all_the_time(scratch / "log", counts); });
        Child second([&] { return open_all_the_time(scratch / "log", counts); });
        CHECK(writer.wait() == Ended{0, 0});
        counts.stop = true;
        CHECK(first.wait() == Ended{0, 0});
        CHECK(second.wait() == Ended{0, 0});
    }
    INFO(counts.written << " written, " << counts.refused << " refused, " << counts.unknown << " unknown, "
                        << counts.openings << " openings");
    CHECK(counts.wrong == 0);
    CHECK(counts.written > 10'000);
    CHECK(counts.refused > 5'000);
    CHECK(counts.openings > 10);
    ::munmap(memory, sizeof(Counts));
}
