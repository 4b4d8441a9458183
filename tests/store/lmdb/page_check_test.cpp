#include <atomic>
#include <catch2/catch.hpp>
#include <certledger/store/lmdb/environment.hpp>
#include <cstring>
#include <random>
#include <thread>

#include "support/scratch.hpp"

using namespace certledger;
using namespace certledger::store::lmdb;
using namespace certledger::store::testing;

namespace {

std::unique_ptr<Environment> opened(const std::filesystem::path& file) {
    EnvironmentOptions options;
    options.file = file;
    options.durable = false;
    auto environment = Environment::open(options);
    if (!environment) throw std::runtime_error(environment.error().message);
    return std::move(*environment);
}

/// Puts, overwrites and erases values of all sizes in three databases, in one transaction.
Result<void> shuffle(WriteTransaction& transaction, Database numbers, Database names, std::mt19937& random) {
    const auto size = [&] {
        const auto kind = random() % 10;
        return kind < 7 ? random() % 300 : kind < 9 ? random() % 6000 : random() % 60000;
    };
    for (unsigned i = 0; i < 1 + random() % 30; ++i) {
        const std::uint64_t number = random() % 400;
        const std::string name(1 + number % 200, static_cast<char>('a' + number % 26));
        const std::string value(size(), 'v');
        const Database database = i % 2 == 0 ? numbers : names;
        const Octets key = i % 2 == 0 ? integer_key(number) : octets_of(name);
        if (random() % 3 == 0) {
            if (auto erased = transaction.erase(database, key); !erased)
                return tl::make_unexpected(erased.error());
        } else if (auto put = transaction.put(database, key, octets_of(value)); !put) {
            return put;
        }
    }
    return {};
}

constexpr std::size_t kPage = 4096;

/// A file with a branch, leaves, overflow pages and a free list; closed.
std::filesystem::path made_file(const Scratch& scratch) {
    const auto file = scratch / "a.mdb";
    const auto environment = opened(file);
    const auto numbers = environment->database("numbers", KeyOrder::integers, true);
    const auto names = environment->database("names", KeyOrder::octets, true);
    std::mt19937 random(7);
    for (int i = 0; i < 40; ++i) {
        const auto written = environment->write(
            [&](WriteTransaction& transaction) { return shuffle(transaction, *numbers, *names, random); });
        if (!written) throw std::runtime_error(written.error().message);
    }
    return file;
}

std::string damage_of(const std::filesystem::path& file) {
    const auto report = check_pages(file);
    if (report) return "sound";
    return report.error().kind == ErrorKind::damaged ? report.error().message
                                                     : "not damaged: " + report.error().message;
}

void flip(const std::filesystem::path& file, std::size_t at, unsigned bit) {
    const auto octets = octets_in(file);
    put_octet(file, at, static_cast<std::uint8_t>(octets.at(at) ^ (1U << bit)));
}

/// The number of the newest meta page.
std::size_t newest_meta(const std::vector<std::uint8_t>& octets) {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::memcpy(&first, octets.data() + 144, 8);
    std::memcpy(&second, octets.data() + kPage + 144, 8);
    return first < second ? 1 : 0;
}

}  // namespace

TEST_CASE("whatever is written and erased, the pages are found sound and all are accounted for") {
    const Scratch scratch;
    const auto environment = opened(scratch / "a.mdb");
    CHECK(environment->check_pages());
    CHECK(check_pages(scratch / "a.mdb"));
    const auto numbers = environment->database("numbers", KeyOrder::integers, true);
    const auto names = environment->database("names", KeyOrder::octets, true);
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        REQUIRE(environment->write(
            [&](WriteTransaction& transaction) { return shuffle(transaction, *numbers, *names, random); }));
        const auto report = check_pages(scratch / "a.mdb");
        INFO((report ? "" : report.error().message));
        REQUIRE(report);
        CHECK(report->lost_pages == 0);
        CHECK(report->used_pages + report->free_pages == report->pages);
    }
    REQUIRE(environment->write([&](WriteTransaction& transaction) { return transaction.clear(*numbers); }));
    REQUIRE(environment->write([&](WriteTransaction& transaction) { return transaction.clear(*names); }));
    CHECK(environment->check_pages());
    const auto stats = environment->stats();
    CHECK(stats->free_pages == check_pages(scratch / "a.mdb")->free_pages);
}

TEST_CASE("a file in which somebody commits is not taken for damaged") {
    const Scratch scratch;
    const auto file = scratch / "a.mdb";
    const auto environment = opened(file);
    const auto numbers = environment->database("numbers", KeyOrder::integers, true);
    const auto names = environment->database("names", KeyOrder::octets, true);
    std::atomic<bool> done = false;
    std::thread writer([&] {
        std::mt19937 random(1);
        while (!done) {
            static_cast<void>(environment->write([&](WriteTransaction& transaction) {
                return shuffle(transaction, *numbers, *names, random);
            }));
        }
    });
    std::string complaint;
    for (int i = 0; i < 200 && complaint.empty(); ++i) {
        const auto from_outside = check_pages(file);
        const auto from_inside = environment->check_pages();
        if (!from_outside) complaint = from_outside.error().message;
        if (!from_inside) complaint = from_inside.error().message;
    }
    done = true;
    writer.join();
    CHECK(complaint.empty());
}

TEST_CASE("an empty file is sound, a short or foreign one is not") {
    const Scratch scratch;
    const auto file = scratch / "a.mdb";
    write_octets(file, {});
    CHECK(damage_of(file) == "sound");
    write_octets(file, std::vector<std::uint8_t>(100, 0));
    CHECK_THAT(damage_of(file), Catch::Contains("too short"));
    write_octets(file, std::vector<std::uint8_t>(20'000, 0));
    CHECK_THAT(damage_of(file), Catch::Contains("page 0: has the flags 0"));
    CHECK(check_pages(scratch / "absent").error().kind == ErrorKind::outside);
}

TEST_CASE("damage names the file, the page and the rule") {
    const Scratch scratch;
    const auto file = made_file(scratch);
    REQUIRE(damage_of(file) == "sound");
    const auto whole = octets_in(file);
    const std::size_t meta = newest_meta(whole) * kPage;
    const auto damage_at = [&](std::size_t at, unsigned bit) {
        write_octets(file, whole);
        flip(file, at, bit);
        return damage_of(file);
    };
    CHECK_THAT(damage_at(meta + 16, 0),
               Catch::Contains("is not of an LMDB file") && Catch::Contains(file.string()));
    CHECK_THAT(damage_at(meta + 20, 1), Catch::Contains("format version 3, must be 1"));
    CHECK_THAT(damage_at(meta + 40, 0), Catch::Contains("says that a page has 4097 octets"));
    // Root of the main database.
    CHECK(damage_at(meta + 128, 0) != "sound");
    // Number of the transaction, of either meta page, every bit.
    for (const std::size_t page : {std::size_t{0}, kPage}) {
        for (unsigned bit = 0; bit < 64; ++bit) {
            INFO("page at " << page << ", bit " << bit);
            CHECK(damage_at(page + 144 + bit / 8, bit % 8) != "sound");
        }
    }
    std::uint64_t root = 0;
    std::memcpy(&root, whole.data() + meta + 128, 8);
    const std::size_t page = root * kPage;
    const std::string named = "page " + std::to_string(root) + ": ";
    CHECK_THAT(damage_at(page, 3), Catch::Contains(named + "bears the number"));
    CHECK_THAT(damage_at(page + 10, 2), Catch::Contains(named + "has the flags"));
    CHECK_THAT(damage_at(page + 12, 0), Catch::Contains(named + "its free space"));
    CHECK_THAT(damage_at(page + 16, 1), Catch::Contains(named));
}

TEST_CASE("every flip of a bit in the structure of a page is reported or changes no key") {
    const Scratch scratch;
    const auto file = made_file(scratch);
    const auto whole = octets_in(file);
    std::size_t sound = 0;
    std::size_t reported = 0;
    // The meta pages whole, then the headers and node tables of the other pages.
    for (std::size_t at = 0; at < whole.size(); ++at) {
        const bool in_meta = at < 2 * kPage && at % kPage < 152;
        const bool in_header = at >= 2 * kPage && at % kPage < 24;
        if (!in_meta && !in_header) continue;
        put_octet(file, at, static_cast<std::uint8_t>(whole[at] ^ (1U << (at % 8))));
        const auto report = check_pages(file);
        put_octet(file, at, whole[at]);
        if (!report) REQUIRE(report.error().kind == ErrorKind::damaged);
        ++(report ? sound : reported);
    }
    CHECK(reported > 200);
    CHECK(sound > 0);
    CHECK(damage_of(file) == "sound");
}
