#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/proofs.hpp>

#include "support/lmdb_log.hpp"
#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store;
using namespace certledger::store::testing;

namespace {

/// `records` records on 13 streams with 29 different commands, in appends of 1 to 5.
void fill(EventStore& store, std::size_t records) {
    const Position before = store.head().position;
    for (std::size_t written = 0; written < records;) {
        Append append;
        for (std::size_t i = 0; i < 1 + written % 5 && written < records; ++i, ++written) {
            const std::size_t number = before + written;
            append.records.push_back(
                pending_command("s" + std::to_string(number % 13), "c" + std::to_string(number % 29)));
        }
        const auto stored = store.append(append);
        if (!stored) throw std::runtime_error(stored.error().message);
    }
}

/// Everything that a reader can ask for, as text.
std::string answers_of(const EventStore& store) {
    std::string answers = "head " + std::to_string(store.head().position) + "\n";
    for (std::size_t i = 0; i < 14; ++i) {
        const auto head = store.stream_head("s" + std::to_string(i));
        answers += "stream " +
                   (head ? std::to_string(head->version) + " " + std::to_string(head->position) : "-") + ":";
        Collector collector;
        if (!store.read_stream("s" + std::to_string(i), 1, ~std::uint64_t{0}, Direction::forward,
                               collector.visitor()))
            answers += " failed";
        for (const Position position : collector.positions()) answers += " " + std::to_string(position);
        answers += "\n";
    }
    for (std::size_t i = 0; i < 30; ++i) {
        Collector collector;
        if (!store.find(command_key("c" + std::to_string(i)), collector.visitor())) answers += "failed";
        for (const Position position : collector.positions()) answers += " " + std::to_string(position);
        answers += "\n";
    }
    for (std::uint64_t size = 0; size <= store.head().position; size += 37)
        answers += events::to_hex(store.tree_head(size)->root) + "\n";
    return answers;
}

void remove_index(const std::filesystem::path& folder) {
    std::filesystem::remove(folder / "index.mdb");
    std::filesystem::remove(folder / "index.mdb-lock");
}

}  // namespace

TEST_CASE("a log that is opened again is as it was") {
    const Scratch scratch;
    std::string before;
    {
        const auto store = created(scratch / "log", small_runs());
        fill(*store, 500);
        before = answers_of(*store);
    }
    const auto store = reopened(scratch / "log", small_runs());
    CHECK(answers_of(*store) == before);
    CHECK(fault_of(*store).empty());
    fill(*store, 100);
    CHECK(store->head().position == 600);
    CHECK(fault_of(*store).empty());
}

TEST_CASE("a log is made once and opened where it was made") {
    const Scratch scratch;
    CHECK(LmdbStore::open(scratch / "log", quick_options()).error().kind == ErrorKind::not_found);
    { created(scratch / "log", quick_options()); }
    CHECK(LmdbStore::create(scratch / "log", quick_options()).error().kind == ErrorKind::invalid_input);
    { CHECK(reopened(scratch / "log", quick_options())->head() == Head{}); }
    struct stat status = {};
    REQUIRE(::stat((scratch / "log").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0700);
    for (const char* file : {"data.mdb", "data.mdb-lock", "index.mdb", "index.mdb-lock"}) {
        REQUIRE(::stat((scratch / "log" / file).c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0600);
    }
}

TEST_CASE("without its index the log gives the same answers") {
    const Scratch scratch;
    std::string before;
    {
        const auto store = created(scratch / "log", small_runs());
        fill(*store, 700);
        before = answers_of(*store);
    }
    remove_index(scratch / "log");
    {
        const auto store = reopened(scratch / "log", small_runs());
        CHECK(answers_of(*store) == before);
        CHECK(store->index_stats()->position > 600);
    }
    remove_index(scratch / "log");
    LmdbStoreOptions reading = quick_options();
    reading.read_only = true;
    const auto store = reopened(scratch / "log", reading);
    CHECK(answers_of(*store) == before);
    CHECK(store->index_stats()->position == 0);
    CHECK_FALSE(std::filesystem::exists(scratch / "log" / "index.mdb"));
}

TEST_CASE("an index that is behind the log is caught up") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    {
        const auto store = created(folder, small_runs());
        fill(*store, 200);
    }
    const auto old_index = octets_in(folder / "index.mdb");
    std::string before;
    {
        const auto store = reopened(folder, small_runs());
        fill(*store, 300);
        before = answers_of(*store);
    }
    remove_index(folder);
    write_octets(folder / "index.mdb", old_index);
    const auto store = reopened(folder, small_runs());
    CHECK(answers_of(*store) == before);
    CHECK(fault_of(*store).empty());
}

TEST_CASE("an index ahead of the log, of another log or damaged is thrown away") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    {
        const auto store = created(folder, small_runs());
        fill(*store, 200);
    }
    const auto old_log = octets_in(folder / "data.mdb");
    {
        const auto store = reopened(folder, small_runs());
        fill(*store, 200);
    }
    SECTION("ahead: an older log was put back") {
        write_octets(folder / "data.mdb", old_log);
        std::filesystem::remove(folder / "data.mdb-lock");
        const auto store = reopened(folder, small_runs());
        CHECK(store->head().position == 200);
        CHECK(fault_of(*store).empty());
        fill(*store, 50);
        CHECK(fault_of(*store).empty());
    }
    SECTION("ahead, and the older log has grown on") {
        const auto index = octets_in(folder / "index.mdb");
        write_octets(folder / "data.mdb", old_log);
        std::filesystem::remove(folder / "data.mdb-lock");
        {
            const auto store = reopened(folder, quick_options());
            for (int i = 0; i < 300; ++i) REQUIRE(store->append(append_to("other")));
        }
        remove_index(folder);
        write_octets(folder / "index.mdb", index);
        const auto store = reopened(folder, small_runs());
        CHECK(fault_of(*store).empty());
        CHECK(store->stream_head("other")->version == 300);
    }
    SECTION("of another log") {
        {
            const auto other = created(scratch / "other", small_runs());
            for (int i = 0; i < 100; ++i) REQUIRE(other->append(append_to("foreign")));
        }
        remove_index(folder);
        std::filesystem::copy_file(scratch / "other" / "index.mdb", folder / "index.mdb");
        const auto store = reopened(folder, small_runs());
        CHECK(fault_of(*store).empty());
        CHECK_FALSE(store->stream_head("foreign"));
    }
    SECTION("damaged as a file") {
        put_octet(folder / "index.mdb", 16, 0);
        const auto store = reopened(folder, small_runs());
        CHECK(fault_of(*store).empty());
    }
}

TEST_CASE("a flipped octet anywhere in the index changes no answer") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    std::string before;
    {
        const auto store = created(folder, small_runs());
        fill(*store, 70);
        before = answers_of(*store);
    }
    const auto whole = octets_in(folder / "index.mdb");
    std::size_t tried = 0;
    for (std::size_t at = 0; at < whole.size(); at += (at % 4096 < 200 ? 23 : 511), ++tried) {
        auto changed = whole;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << (at % 8)));
        remove_index(folder);
        write_octets(folder / "index.mdb", changed);
        const auto store = reopened(folder, small_runs());
        INFO("octet " << at);
        REQUIRE(answers_of(*store) == before);
        REQUIRE(store->append(append_to("s1")));
        REQUIRE(store->stream_head("s1")->position == store->head().position);
        before = answers_of(*store);
        // The next round's file is the index of a log that was shorter: it is behind, not wrong.
    }
    CHECK(tried > 100);
}

TEST_CASE("a stream that is too long to be held at once is read in either direction and in part") {
    const Scratch scratch;
    const auto store = created(scratch / "log", quick_options());
    constexpr std::uint64_t versions = 9'000;
    for (std::uint64_t written = 0; written < versions; written += 100) {
        Append append;
        for (int i = 0; i < 100; ++i) {
            append.records.push_back(pending("long"));
            append.records.push_back(pending("other"));
        }
        REQUIRE(store->append(append));
    }
    const std::pair<std::uint64_t, std::uint64_t> ranges[] = {
        {1, ~std::uint64_t{0}}, {7, 8'000}, {8'999, 9'500}};
    for (const auto& [from, to] : ranges) {
        std::vector<std::uint64_t> expected;
        for (std::uint64_t version = from; version <= std::min(to, versions); ++version)
            expected.push_back(version);
        Collector forward;
        REQUIRE(store->read_stream("long", from, to, Direction::forward, forward.visitor()));
        CHECK(forward.versions() == expected);
        Collector backward;
        REQUIRE(store->read_stream("long", from, to, Direction::backward, backward.visitor()));
        std::reverse(expected.begin(), expected.end());
        CHECK(backward.versions() == expected);
        Collector few(3);
        REQUIRE(store->read_stream("long", from, to, Direction::backward, few.visitor()));
        CHECK(few.all.size() == std::min<std::size_t>(3, expected.size()));
    }
}

TEST_CASE("runs are merged so that few are left") {
    const Scratch scratch;
    LmdbStoreOptions options = quick_options();
    options.flush_at = 200;
    const auto store = created(scratch / "log", options);
    for (int i = 0; i < 400; ++i) {
        Append append;
        for (int j = 0; j < 50; ++j)
            append.records.push_back(
                pending_command("s" + std::to_string((i * 50 + j) % 4001), "c" + std::to_string(i)));
        REQUIRE(store->append(append));
    }
    const auto stats = store->index_stats();
    REQUIRE(stats);
    CHECK(stats->position > 19'000);
    // Of 100 tails at most, three of each size that is a power of the four that are merged.
    CHECK(stats->runs <= 12);
    CHECK(fault_of(*store).empty());
}

TEST_CASE("a proof from tiles, partial tiles and records is the right one") {
    const Scratch scratch;
    LmdbStoreOptions options = quick_options();
    options.flush_at = 300;
    const auto store = created(scratch / "log", options);
    for (int i = 0; i < 1400; ++i) {
        Append append;
        for (int j = 0; j < 50; ++j) append.records.push_back(pending("s" + std::to_string(j)));
        REQUIRE(store->append(append));
    }
    // More than 256 tiles of level 0, so that level 2 is in use.
    const std::uint64_t size = store->head().position;
    REQUIRE(size == 70'000);
    CHECK(fault_of(*store).empty());
    const auto root = store->tree_head(size)->root;
    for (std::uint64_t index = 0; index < size; index += 3'331) {
        const auto path = store->inclusion_proof(index, size);
        REQUIRE(path);
        CHECK(tlog::verify_inclusion(index, size, tlog::leaf_hash(*store->record(index + 1)), *path, root));
        const auto earlier = store->tree_head(index + 1);
        REQUIRE(earlier);
        const auto extends = store->consistency_proof(index + 1, size);
        REQUIRE(extends);
        CHECK(tlog::verify_consistency(index + 1, size, earlier->root, root, *extends));
    }
}

TEST_CASE("what a read-only store reads it does not change") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    std::string before;
    {
        const auto store = created(folder, small_runs());
        fill(*store, 100);
        before = answers_of(*store);
    }
    const auto log = octets_in(folder / "data.mdb");
    const auto index = octets_in(folder / "index.mdb");
    LmdbStoreOptions reading = small_runs();
    reading.read_only = true;
    {
        const auto store = reopened(folder, reading);
        CHECK(answers_of(*store) == before);
        CHECK_THROWS_AS((void)store->append(append_to("a")), ContractViolation);
    }
    CHECK(octets_in(folder / "data.mdb") == log);
    CHECK(octets_in(folder / "index.mdb") == index);
}

TEST_CASE("a visitor that appends violates the contract and harms nothing") {
    const Scratch scratch;
    const auto store = created(scratch / "log", quick_options());
    fill(*store, 10);
    CHECK_THROWS_AS(
        (void)store->read_all(1, 10, [&](auto&, auto) { return store->append(append_to("a")).has_value(); }),
        ContractViolation);
    CHECK(store->append(append_to("a")));
    CHECK(fault_of(*store).empty());
}

TEST_CASE("a copy of a log is a log") {
    const Scratch scratch;
    std::string before;
    {
        const auto store = created(scratch / "log", small_runs());
        fill(*store, 300);
        before = answers_of(*store);
        std::filesystem::create_directory(scratch / "copy");
        REQUIRE(store->copy_to(scratch / "copy" / "data.mdb"));
        CHECK(store->check_pages());
    }
    const auto copy = reopened(scratch / "copy", small_runs());
    CHECK(answers_of(*copy) == before);
    fill(*copy, 50);
    CHECK(fault_of(*copy).empty());
    CHECK(copy->check_pages());
}

TEST_CASE("a damaged record is reported by its position, also where the page check sees nothing") {
    const Scratch scratch;
    const auto folder = scratch / "log";
    {
        const auto store = created(folder, quick_options());
        for (int i = 0; i < 20; ++i)
            REQUIRE(store->append(append_of({pending("s", "needle-" + std::to_string(i))})));
    }
    const auto octets = octets_in(folder / "data.mdb");
    const std::string needle = "needle-7";
    const auto found = std::search(octets.begin(), octets.end(), needle.begin(), needle.end());
    REQUIRE(found != octets.end());
    // A page that was copied in the meantime may hold it too.
    for (auto at = octets.begin();;) {
        at = std::search(at, octets.end(), needle.begin(), needle.end());
        if (at == octets.end()) break;
        put_octet(folder / "data.mdb", static_cast<std::uint64_t>(at - octets.begin()), 'N');
        ++at;
    }
    remove_index(folder);
    const auto store = reopened(folder, quick_options());
    Collector collector;
    const auto read = store->read_all(1, 20, collector.visitor());
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::damaged);
    CHECK_THAT(read.error().message, Catch::Contains("position 8") && Catch::Contains("checksum"));
    CHECK(collector.all.size() == 7);
    CHECK(store->record(8).error().kind == ErrorKind::damaged);
    CHECK(store->record(9));
    CHECK_THROWS_AS((void)store->stream_head("s"), OutcomeUnknown);
    CHECK(store->append(append_to("s")).error().kind == ErrorKind::damaged);
}
